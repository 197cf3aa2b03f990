//! Files in packed blocks. The numbers of an index pack well, and a block is small enough to be unpacked for one look-up.

use std::cell::RefCell;
use std::fs::File;
use std::io::{self, Write};
use std::ops::Range;
use std::os::unix::fs::FileExt;
use std::sync::{Arc, Mutex, PoisonError};

use tantivy::directory::{AntiCallToken, TerminatingWrite, WritePtr};
use zstd::bulk::{Compressor, Decompressor};

/// Bytes of a block before it is packed.
const BLOCK: usize = 16 * 1024;
const LEVEL: i32 = 3;
/// The last bytes of a packed file: the bytes in it, its number of blocks, and a mark.
const TAIL: usize = 24;
const MARK: [u8; 8] = *b"packed 1";

thread_local! {
    static UNPACKER: RefCell<Option<Decompressor<'static>>> = const { RefCell::new(None) };
}

/// Writes a file in packed blocks, with a table of their ends behind them.
pub(super) struct Packer {
    inner: WritePtr,
    compressor: Compressor<'static>,
    block: Vec<u8>,
    ends: Vec<u64>,
    length: u64,
}

impl Packer {
    pub(super) fn new(inner: WritePtr) -> io::Result<Self> {
        Ok(Self {
            inner,
            compressor: Compressor::new(LEVEL)?,
            block: Vec::with_capacity(BLOCK),
            ends: Vec::new(),
            length: 0,
        })
    }

    fn pack(&mut self) -> io::Result<()> {
        if self.block.is_empty() {
            return Ok(());
        }
        let packed = self.compressor.compress(&self.block)?;
        self.inner.write_all(&packed)?;
        let end = self.ends.last().copied().unwrap_or(0) + packed.len() as u64;
        self.ends.push(end);
        self.block.clear();
        Ok(())
    }

    fn finish(&mut self) -> io::Result<()> {
        self.pack()?;
        for end in &self.ends {
            self.inner.write_all(&end.to_le_bytes())?;
        }
        self.inner.write_all(&self.length.to_le_bytes())?;
        self.inner
            .write_all(&(self.ends.len() as u64).to_le_bytes())?;
        self.inner.write_all(&MARK)
    }
}

impl Write for Packer {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let taken = bytes.len().min(BLOCK - self.block.len());
        self.block.extend_from_slice(&bytes[..taken]);
        self.length += taken as u64;
        if self.block.len() == BLOCK {
            self.pack()?;
        }
        Ok(taken)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

impl TerminatingWrite for Packer {
    fn terminate_ref(&mut self, token: AntiCallToken) -> io::Result<()> {
        self.finish()?;
        self.inner.terminate_ref(token)
    }
}

/// The blocks of a packed file. The one that was read last is at hand: merges and dictionaries read one small part after the
/// other.
#[derive(Debug)]
pub(super) struct Blocks {
    ends: Vec<u64>,
    length: usize,
    last: Mutex<Option<(usize, Arc<Vec<u8>>)>>,
}

impl Blocks {
    /// Reads the table of a file of so many bytes.
    pub(super) fn of(file: &File, size: u64) -> io::Result<Self> {
        let mut tail = [0; TAIL];
        let tail_at = size.checked_sub(TAIL as u64).ok_or_else(damaged)?;
        file.read_exact_at(&mut tail, tail_at)?;
        let (length, count) = (number(&tail[..8]), number(&tail[8..16]));
        let table = count.checked_mul(8).filter(|table| *table <= tail_at);
        let table = table.ok_or_else(damaged)?;
        let mut ends = vec![0; usize::try_from(table).map_err(io::Error::other)?];
        file.read_exact_at(&mut ends, tail_at - table)?;
        let ends: Vec<u64> = ends.chunks_exact(8).map(number).collect();
        let is_whole = tail[16..] == MARK
            && length.div_ceil(BLOCK as u64) == count
            && ends.is_sorted()
            && ends.last().copied().unwrap_or(0) == tail_at - table;
        if !is_whole {
            return Err(damaged());
        }
        let length = usize::try_from(length).map_err(io::Error::other)?;
        Ok(Self {
            ends,
            length,
            last: Mutex::default(),
        })
    }

    /// Number of bytes before they were packed.
    pub(super) const fn length(&self) -> usize {
        self.length
    }

    /// Reads a part of what was packed.
    pub(super) fn read(&self, file: &File, range: Range<usize>) -> io::Result<Vec<u8>> {
        if range.is_empty() {
            return Ok(Vec::new());
        }
        let mut bytes = Vec::with_capacity(range.len());
        for number in range.start / BLOCK..=(range.end - 1) / BLOCK {
            let block = self.block(file, number)?;
            let begin = number * BLOCK;
            let from = range.start.max(begin) - begin;
            let to = (range.end - begin).min(BLOCK);
            bytes.extend_from_slice(block.get(from..to).ok_or_else(damaged)?);
        }
        Ok(bytes)
    }

    fn block(&self, file: &File, number: usize) -> io::Result<Arc<Vec<u8>>> {
        let last = || self.last.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((kept, block)) = &*last()
            && *kept == number
        {
            return Ok(Arc::clone(block));
        }
        let block = Arc::new(self.unpack(file, number)?);
        *last() = Some((number, Arc::clone(&block)));
        Ok(block)
    }

    fn unpack(&self, file: &File, number: usize) -> io::Result<Vec<u8>> {
        let begin = self.begin(number)?;
        let end = *self.ends.get(number).ok_or_else(damaged)?;
        let size = usize::try_from(end - begin).map_err(io::Error::other)?;
        let mut packed = vec![0; size];
        file.read_exact_at(&mut packed, begin)?;
        unpack(&packed)
    }

    fn begin(&self, block: usize) -> io::Result<u64> {
        match block.checked_sub(1) {
            None => Ok(0),
            Some(before) => self.ends.get(before).copied().ok_or_else(damaged),
        }
    }
}

fn unpack(packed: &[u8]) -> io::Result<Vec<u8>> {
    UNPACKER.with_borrow_mut(|unpacker| {
        let unpacker = match unpacker {
            Some(unpacker) => unpacker,
            None => unpacker.insert(Decompressor::new()?),
        };
        unpacker.decompress(packed, BLOCK)
    })
}

fn number(bytes: &[u8]) -> u64 {
    let mut number = [0; 8];
    number.copy_from_slice(bytes);
    u64::from_le_bytes(number)
}

fn damaged() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, "a packed file is damaged")
}

#[cfg(test)]
mod tests {
    use std::io::BufWriter;

    use tantivy::directory::MmapDirectory;
    use tantivy::{Directory, directory::TerminatingWrite};

    use super::*;

    #[test]
    fn each_part_of_a_file_is_read_as_it_was_written_and_damage_is_an_error() {
        let folder = tempfile::tempdir().unwrap();
        let (whole, path) = (folder.path().join("a"), std::path::Path::new("a"));
        for length in [0, 1, BLOCK - 1, BLOCK, BLOCK + 1, 5 * BLOCK + 77] {
            let bytes: Vec<u8> = (0..length).map(|n| (n * n / 7 % 251) as u8).collect();
            let inner = MmapDirectory::open(folder.path()).unwrap();
            let packer = Packer::new(inner.open_write(path).unwrap()).unwrap();
            let mut writer = BufWriter::with_capacity(100, packer);
            writer.write_all(&bytes).unwrap();
            writer.terminate().unwrap();
            let file = File::open(&whole).unwrap();
            let size = file.metadata().unwrap().len();
            let blocks = Blocks::of(&file, size).unwrap();
            assert_eq!(blocks.length(), length);
            for from in [0, 1, length / 3, length.saturating_sub(1), length] {
                for to in [from, from + 1, from + BLOCK, length] {
                    let part = from.min(length)..to.min(length).max(from.min(length));
                    assert_eq!(blocks.read(&file, part.clone()).unwrap(), bytes[part]);
                }
            }
            assert!(Blocks::of(&file, size - 1).is_err());
            std::fs::remove_file(&whole).unwrap();
        }
        std::fs::write(&whole, vec![0xa5; 4_000]).unwrap();
        assert!(Blocks::of(&File::open(&whole).unwrap(), 4_000).is_err());
    }
}
