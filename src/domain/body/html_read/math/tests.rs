//! Formulas on one line.

use crate::domain::body::Body;

#[test]
fn a_formula_keeps_its_meaning_on_one_line() {
    for (formula, line) in [
        ("<mroot><mn>8</mn><mn>3</mn></mroot>", "∛8"),
        (
            "<mroot><mrow><mi>x</mi><mo>+</mo><mn>1</mn></mrow><mi>n</mi></mroot>",
            "root(x+1, n)",
        ),
        ("<msqrt><mn>2</mn></msqrt><mi>y</mi>", "√2y"),
        ("<msqrt><mi>x</mi><mo>+</mo><mn>1</mn></msqrt>", "√(x+1)"),
        (
            "<mfrac><mfrac><mi>a</mi><mi>b</mi></mfrac><mi>c</mi></mfrac>",
            "(a/b)/c",
        ),
        (
            "<mfrac linethickness=0><mi>n</mi><mi>k</mi></mfrac>",
            "binom(n, k)",
        ),
        (
            "<msup><msup><mi>x</mi><mn>2</mn></msup><mn>3</mn></msup>",
            "(x^2)^3",
        ),
        (
            "<msup><mrow><mo>(</mo><mi>a</mi><mo>+</mo><mi>b</mi><mo>)</mo></mrow><mn>2</mn></msup>",
            "(a+b)^2",
        ),
        (
            "<msubsup><mi>x</mi><mi>i</mi><mrow><mi>n</mi><mo>-</mo><mn>1</mn></mrow></msubsup>",
            "x_i^(n-1)",
        ),
        (
            "<munderover><mo>∑</mo><mrow><mi>i</mi><mo>=</mo><mn>1</mn></mrow><mi>n</mi></munderover><mi>i</mi>",
            "∑_(i=1)^ni",
        ),
        (
            "<mo>(</mo><mtable><mtr><mtd><mn>1</mn></mtd><mtd><mn>2</mn></mtd></mtr><mtr><mtd><mn>3</mn></mtd><mtd><mn>4</mn></mtd></mtr></mtable><mo>)</mo>",
            "(1 2; 3 4)",
        ),
        (
            "<mi>A</mi><mo>=</mo><mtable><mtr><mtd><mn>1</mn></mtd><mtd><mn>2</mn></mtd></mtr></mtable>",
            "A=[1 2]",
        ),
        (
            "<mfenced open='[' close=')' separators=';'><mi>a</mi><mi>b</mi></mfenced>",
            "[a; b)",
        ),
        (
            "<mmultiscripts><mi>C</mi><mn>2</mn><none/><mprescripts/><mn>6</mn><mn>14</mn></mmultiscripts>",
            "_6^14 C_2",
        ),
        ("<mover><mi>x</mi><mo>¯</mo></mover>", "x\u{304}"),
        ("<mi>x</mi><mtext> if </mtext><mi>y</mi>", "x if y"),
        ("<mrow><mi>x</mi><mspace/><mi>y</mi></mrow>", "x y"),
        ("<mfrac>x", "x/"),
    ] {
        let html = format!("<p><math>{formula}</math></p>");
        let (body, warnings) = Body::from_html_reporting(&html, None).unwrap();
        assert_eq!(body.text(), line, "{formula}");
        assert!(!warnings.is_empty());
    }
}
