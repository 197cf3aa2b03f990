"""Takes some records of every file of a corpus, spread over all of it: sample.py FOLDER FILE."""

import gzip
import pathlib
import sys

FROM_EACH = 40


def main():
    folder, target = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
    files = sorted(folder.glob("*.ndjson.gz"))
    assert len(files) > 3, f"{folder} holds {len(files)} files of records"
    with target.open("w", encoding="utf-8") as out:
        for file in files:
            lines = gzip.decompress(file.read_bytes()).decode().strip("\n").split("\n")
            step = max(len(lines) // FROM_EACH, 1)
            out.writelines(line + "\n" for line in lines[::step][:FROM_EACH])
    print(f"a sample of {len(files)} files of real articles")


if __name__ == "__main__":
    main()
