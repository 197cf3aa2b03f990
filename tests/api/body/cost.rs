//! The cost of hostile bodies: it grows no faster than they do.

use std::time::{Duration, Instant};

use masthead::domain::body::{Body, BodyError};

/// Sizes of the same hostile input, in bytes. An input of 2 MB that is read in linear time takes some seconds at most.
const SMALL: usize = 16_000;

const LARGE: usize = 8 * SMALL;

/// The processor time of this thread so far; the time that passed, where the system does not tell.
fn processor_time(start: Instant) -> Duration {
    let told = std::fs::read_to_string("/proc/thread-self/schedstat").ok();
    let nanoseconds = told.and_then(|text| text.split(' ').next()?.parse().ok());
    nanoseconds.map_or_else(|| start.elapsed(), Duration::from_nanos)
}

/// The processor time that reading a body and showing it in every form take.
fn cost(read: impl FnOnce() -> Result<Body, BodyError>) -> Duration {
    let start = Instant::now();
    let before = processor_time(start);
    if let Ok(body) = read() {
        let sizes = [body.text().len(), body.markdown().len()];
        std::hint::black_box((sizes, body.blocks().len(), body.length().words));
    }
    processor_time(start).saturating_sub(before)
}

/// Fails where eight times the input takes much more than eight times as long; where each byte is read once for every other
/// it would take 64 times.
fn assert_linear(
    name: &str,
    input: impl Fn(usize) -> String,
    read: impl Fn(&str) -> Result<Body, BodyError>,
) {
    let [small, large] = [SMALL, LARGE].map(|bytes| {
        let text = input(bytes);
        cost(|| read(&text))
    });
    let limit = small * 32 + Duration::from_millis(30);
    assert!(
        large < limit,
        "{name}: {SMALL} bytes took {small:?}, {LARGE} took {large:?}"
    );
}

fn filled(unit: &str) -> impl Fn(usize) -> String {
    move |bytes| unit.repeat(bytes / unit.len())
}

const HTML_UNITS: &[&str] = &[
    "<div>",
    "<b>",
    "<b><p>",
    "<i><b>x",
    "<a href=/x>x",
    "<blockquote>",
    "<ul><li>",
    "<ul>",
    "<li>x",
    "<table>",
    "<table><tr><td>",
    "<table><tr><td>x</table>",
    "<td>",
    "<tr><td>x",
    "<figure>",
    "<figcaption>",
    "<svg>",
    "<select>",
    "<button>",
    "<object>",
    "<h2>x",
    "<p>x",
    "</p>",
    "</b>x<b>",
    "<img src=/x>",
    "x<img src=/x>",
    "<br>",
    "x<br>",
    "<pre>",
    "<pre>x</pre>",
    "<code>x",
    "<!--",
    "<!-->",
    "&",
    "&amp",
    "<",
    "</",
    "<a b=",
    "x ",
    "<hr>",
    "<b>x</b><i>y</i>",
    "<code>]</code>x",
    "<a href=/x><code>]</code></a>x",
    "<table><tr><td rowspan=65534 colspan=1000000000>x",
    "<td colspan=1000>x",
    "<tr><td rowspan=60000>x",
    "<table><tr><td colspan=1000>x</table>",
    "<q>x",
    "<q><p>x",
    "<ruby><rt>x",
    "<noscript><img src=/x></noscript>",
    "<noscript>",
    "<figure class=gallery><img src=/x>",
    "<div class=gallery><img src=/x>",
    "<ol reversed><li>x",
    "<li value=5>x",
    "<a href=#a id=a>x",
    "<a href=#a id=b></a>",
    "<p><a href=#b>x</a><i id=b></i><i id=c></i><a href=#c>x</a>",
    "<iframe src=https://a.b/c></iframe>",
    "<iframe src=https://a.b/c></iframe><p id=a>",
    "<math><mfrac>x",
    "<span style=font-weight:bold>x",
    "https://youtu.be/a<br>",
    "https://youtu.be/a<br>x<br>",
    "<blockquote class=twitter-tweet><a href=https://x.com/a/status/1>x</a></blockquote>",
    "<picture><source srcset='/a 1w,/b 2w'>",
    "<img srcset='/a 1w'>",
    "<input type=checkbox>",
    "<p style='mso-list:l0 level9 lfo1'>x",
    "<li data-list=bullet>x<li data-list=ordered>x",
    "<u style=font-weight:bold><p>",
];

#[test]
fn hostile_html_is_read_in_linear_time() {
    let html = |name: &str, input: &dyn Fn(usize) -> String| {
        assert_linear(name, input, Body::from_html);
    };
    for unit in HTML_UNITS {
        html(unit, &filled(unit));
    }
    let numbered = |bytes: usize| (0..bytes / 8).map(|n| format!("{n:x}"));
    html("attributes", &|bytes| {
        format!("<p {}>x", numbered(bytes).collect::<Vec<_>>().join(" "))
    });
    html("names", &|bytes| {
        numbered(bytes).map(|n| format!("<x{n}>")).collect()
    });
    html("ragged table", &|bytes| {
        format!(
            "<table><tr>{}{}",
            "<td>".repeat(bytes / 200),
            "<tr><td>x".repeat(bytes / 10)
        )
    });
    html("set", &|bytes| {
        format!("<img srcset='{}'>", "/a 1w,".repeat(bytes / 6))
    });
    html("nested", &|bytes| {
        format!(
            "{}a{}",
            "<div>".repeat(bytes / 11),
            "</div>".repeat(bytes / 11)
        )
    });
}

const MARKDOWN_UNITS: &[&str] = &[
    "[",
    "]",
    "![",
    "[a](",
    "[a][",
    "[a]: b\n",
    "[^a]",
    "[^a]: ",
    ">",
    "> ",
    ">\n",
    "> a\n",
    "- ",
    "-\n",
    "- a\n",
    "1. ",
    "*",
    "**a",
    "*a_",
    "_",
    "~~a",
    "`",
    "``a",
    "`a``",
    "<",
    "<a",
    "<b>",
    "<!--",
    "<?",
    "<![CDATA[",
    "&",
    "\\",
    "#",
    "# a\n",
    "|",
    "|a",
    "|-",
    "a|b\n-|-\n",
    "||\n|-|-|\n",
    "=\n",
    "a\n=\n",
    "\t",
    "    a\n",
    "```\n",
    "~~~a\n",
    "- - ",
    "*\t",
    "<div>\n",
    "a\\\n",
    "a  \n",
    "{",
    "$",
    "a\n\n",
    "***\n",
    "[a]\n",
    "[](<",
    "![](",
    "http://a ",
    "a@b.c ",
];

#[test]
fn hostile_markdown_is_read_in_linear_time() {
    for unit in MARKDOWN_UNITS {
        assert_linear(unit, filled(unit), Body::from_markdown);
    }
    for marker in [">", "- ", "1. ", "> - ", "[^a]: > "] {
        let lazy = |bytes: usize| {
            let (marked, plain) = (bytes / 8 / marker.len(), bytes / 4);
            format!("{}a\n{}", marker.repeat(marked), "a\n".repeat(plain))
        };
        assert_linear(marker, lazy, Body::from_markdown);
    }
}
