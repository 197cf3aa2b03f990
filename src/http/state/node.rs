//! The numbers of a node as an operator needs them: its process, what is under way, errors of the database, replicas, caches in
//! front, and queues in the database. They are made when they are looked at.

use prometheus::core::Collector;
use prometheus::proto::MetricFamily;
use prometheus::{GaugeVec, Opts};

use super::app::App;
use crate::store::queues::Queues;

/// A number by the values of its labels.
type Row<'a> = (Vec<&'a str>, f64);

/// All of them; those of queues where the database tells them.
pub(crate) fn numbers(app: &App, queues: Option<Queues>) -> Vec<MetricFamily> {
    let parts = [
        process(),
        under_way(app),
        database(app),
        documents(app),
        caches_in_front(app),
        in_line(queues),
    ];
    parts.into_iter().flatten().collect()
}

fn family(name: &str, help: &str, labels: &[&str], rows: &[Row<'_>]) -> Vec<MetricFamily> {
    let gauges = match GaugeVec::new(Opts::new(name, help), labels) {
        Ok(gauges) => gauges,
        Err(error) => {
            log::error!("the metric {name} cannot be made: {error}");
            return Vec::new();
        }
    };
    for (values, number) in rows {
        gauges.with_label_values(values).set(*number);
    }
    gauges
        .collect()
        .into_iter()
        .filter(|family| !family.get_metric().is_empty())
        .collect()
}

#[expect(clippy::cast_precision_loss, reason = "counts are far below 2^53")]
const fn float(count: u64) -> f64 {
    count as f64
}

/// Ticks of `/proc/self/stat` in a second, on every architecture of Linux.
const TICKS: f64 = 100.0;

/// The process, as Linux tells of it; nothing elsewhere.
fn process() -> Vec<MetricFamily> {
    let read =
        |name: &str| std::fs::read_to_string(format!("/proc/self/{name}")).unwrap_or_default();
    let (status, stat, limits) = (read("status"), read("stat"), read("limits"));
    let bytes = |name: &str| Some(float(number_behind(&status, name)?) * 1024.0);
    let memory = [
        ("resident", bytes("VmRSS:")),
        ("anonymous", bytes("RssAnon:")),
    ];
    let memory: Vec<Row<'_>> = memory
        .into_iter()
        .filter_map(|(kind, n)| Some((vec![kind], n?)))
        .collect();
    let single = |number: Option<u64>| number.map(|n| (Vec::new(), float(n)));
    let open = std::fs::read_dir("/proc/self/fd")
        .map(|files| files.count() as u64)
        .ok();
    let open: Vec<Row<'_>> = single(open).into_iter().collect();
    let most: Vec<Row<'_>> = single(number_behind(&limits, "Max open files"))
        .into_iter()
        .collect();
    let cpu: Vec<Row<'_>> = ticks(&stat)
        .map(|n| (Vec::new(), float(n) / TICKS))
        .into_iter()
        .collect();
    [
        family(
            "masthead_process_memory_bytes",
            "Memory of the process.",
            &["kind"],
            &memory,
        ),
        family(
            "masthead_process_cpu_seconds_total",
            "Processor time of the process.",
            &[],
            &cpu,
        ),
        family(
            "masthead_process_open_files",
            "Open files and connections of the process.",
            &[],
            &open,
        ),
        family(
            "masthead_process_open_files_limit",
            "Most open files that the process may have.",
            &[],
            &most,
        ),
    ]
    .concat()
}

/// The first number behind a name at the start of a line.
fn number_behind(text: &str, name: &str) -> Option<u64> {
    let line = text.lines().find_map(|line| line.strip_prefix(name))?;
    line.split_whitespace().next()?.parse().ok()
}

/// The ticks that a process spent in itself and in the system: the 14th and 15th field, behind a name that may hold blanks.
fn ticks(stat: &str) -> Option<u64> {
    let behind_name = stat.rsplit_once(')')?.1;
    let mut fields = behind_name.split_whitespace().skip(11);
    let mut next = || fields.next()?.parse::<u64>().ok();
    Some(next()? + next()?)
}

fn under_way(app: &App) -> Vec<MetricFamily> {
    let shares = [
        ("streams", &app.streams.open),
        ("bulks", &app.bulks),
        ("uploads", &app.uploads),
    ];
    let rows: Vec<Row<'_>> = shares
        .into_iter()
        .map(|(kind, shares)| (vec![kind], float(shares.taken() as u64)))
        .collect();
    let help = "Streams of changes, bulks and uploads under way.";
    family("masthead_under_way", help, &["kind"], &rows)
}

fn database(app: &App) -> Vec<MetricFamily> {
    let errors = app.store.database_errors();
    let errors: Vec<Row<'_>> = errors
        .into_iter()
        .map(|(kind, n)| (vec![kind], float(n)))
        .collect();
    let reads = app.store.replica_reads();
    let reads: Vec<Row<'_>> = reads
        .into_iter()
        .map(|(kind, n)| (vec![kind.as_str()], float(n)))
        .collect();
    let help = "Reads that looked for a replica, by the outcome, since the process began.";
    let of_errors = "Errors of the database, by their kind, since the process began.";
    [
        family(
            "masthead_database_errors_total",
            of_errors,
            &["kind"],
            &errors,
        ),
        family("masthead_replica_reads_total", help, &["result"], &reads),
    ]
    .concat()
}

fn documents(app: &App) -> Vec<MetricFamily> {
    let (_, bytes) = app.documents.size();
    let help =
        "Bytes of articles as they were last shown, from which answers that are not kept are made.";
    let rows = [(Vec::new(), float(bytes))];
    family("masthead_document_bytes", help, &[], &rows)
}

fn caches_in_front(app: &App) -> Vec<MetricFamily> {
    let rows: Vec<Row<'_>> = app
        .purges
        .counts()
        .into_iter()
        .flat_map(|(kind, counts)| {
            let row = |result: &'static str, n| (vec![kind.as_str(), result], float(n));
            [row("done", counts.done), row("failed", counts.failed)]
        })
        .collect();
    let lag = [(Vec::new(), float(app.purges.lag().as_secs()))];
    let help = "Orders to caches in front to forget, since the process began.";
    let of_lag = "Time since which a cache in front has not been told of a change; 0 where all were, and on nodes that do not lead.";
    [
        family("masthead_purges_total", help, &["cache", "result"], &rows),
        family("masthead_purge_lag_seconds", of_lag, &[], &lag),
    ]
    .concat()
}

fn in_line(queues: Option<Queues>) -> Vec<MetricFamily> {
    let Some(queues) = queues else {
        return Vec::new();
    };
    let number = |n: i64| float(u64::try_from(n).unwrap_or(0));
    let media = [(Vec::new(), number(queues.media))];
    let lag = [(Vec::new(), number(queues.webhook_lag))];
    let of_lag = "Entries of the change log that the slowest webhook has not been put in line for.";
    [
        family(
            "masthead_media_queue",
            "Pictures whose renditions are to be made.",
            &[],
            &media,
        ),
        family("masthead_webhook_lag", of_lag, &[], &lag),
    ]
    .concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_linux_tells_of_a_process_is_read() {
        assert_eq!(
            number_behind("Name:\tx\nVmRSS:\t  123 kB\n", "VmRSS:"),
            Some(123)
        );
        assert_eq!(
            number_behind(
                "Max open files            1024       4096  files",
                "Max open files"
            ),
            Some(1_024)
        );
        let stat = "1 (a b) c) S 1 1 1 0 -1 4194560 1 0 0 0 70 30 0 0 20 0";
        assert_eq!(ticks(stat), Some(100));
        assert_eq!((number_behind("", "VmRSS:"), ticks("")), (None, None));
    }
}
