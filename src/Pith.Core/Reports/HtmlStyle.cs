namespace Pith.Core.Reports;

/// <summary>The style sheet of report pages. Colors are variables from <see cref="ReportColors"/>.</summary>
internal static class HtmlStyle
{
    public const string Css = """
        *{box-sizing:border-box}
        html{-webkit-text-size-adjust:100%}
        body{margin:0;background:var(--paper);color:var(--ink);font:16px/1.6 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif}
        main{max-width:58rem;margin:0 auto;padding:3rem 1.5rem 4rem}
        h1{font-size:2rem;line-height:1.2;letter-spacing:-.02em;margin:0 0 .5rem;text-wrap:balance}
        h2{font-size:1.25rem;line-height:1.3;letter-spacing:-.01em;margin:2.75rem 0 .75rem}
        p{margin:0 0 1rem;max-width:44rem;overflow-wrap:anywhere}
        .summary{font-size:1.125rem;color:var(--soft)}
        dl{display:grid;grid-template-columns:repeat(auto-fit,minmax(8.5rem,1fr));gap:.75rem;margin:1.75rem 0}
        dl div{background:var(--card);border:1px solid var(--line);border-radius:.5rem;padding:.75rem 1rem}
        dt{font-size:.8125rem;color:var(--soft)}
        dd{margin:.125rem 0 0;font-size:1.125rem;font-weight:600;line-height:1.3;font-variant-numeric:tabular-nums;overflow-wrap:anywhere}
        .scroll{overflow-x:auto;margin:1rem 0 1.5rem}
        table{border-collapse:collapse;width:100%;font-size:.9375rem;font-variant-numeric:tabular-nums}
        caption{text-align:left;color:var(--soft);font-size:.875rem;padding-bottom:.5rem}
        th,td{padding:.5rem .75rem;text-align:left;white-space:nowrap;border-bottom:1px solid var(--line)}
        thead th{font-size:.8125rem;font-weight:600;color:var(--soft);vertical-align:bottom;border-bottom:2px solid var(--line)}
        thead small{font-weight:400;font-size:.75rem}
        tbody th{font-weight:500}
        .n{text-align:right}
        tbody tr:hover{background:var(--card)}
        tr.best,tbody tr.best:hover{background:var(--tint)}
        tr.best th{box-shadow:inset 3px 0 var(--accent);font-weight:600}
        .mark{margin-left:.375rem;padding:.0625rem .4375rem;border-radius:1rem;border:1px solid var(--line);color:var(--soft);font-size:.6875rem;font-weight:600;vertical-align:.0625rem}
        .best .mark{border-color:var(--accent);color:var(--accent)}
        figure{margin:1.5rem 0}
        figcaption{font-size:.875rem;color:var(--soft)}
        .chart figcaption{font-weight:600;color:var(--ink);font-size:.9375rem;margin-bottom:.5rem}
        .chart svg{display:block;width:100%;height:auto}
        .narrow{display:none}
        details{margin-top:.5rem}
        summary{cursor:pointer;font-size:.8125rem;color:var(--soft);width:fit-content}
        blockquote{margin:0 0 .5rem;padding:.875rem 1.25rem;background:var(--card);border-left:3px solid var(--accent);border-radius:0 .5rem .5rem 0;white-space:pre-wrap;font-family:Georgia,"Times New Roman",serif;font-size:1.0625rem;overflow-wrap:anywhere}
        pre{margin:1rem 0;padding:.875rem 1.125rem;background:var(--card);border:1px solid var(--line);border-radius:.5rem;overflow-x:auto;font:.875rem/1.5 ui-monospace,"Cascadia Mono",Menlo,Consolas,"DejaVu Sans Mono",monospace}
        code{font:inherit}
        :focus-visible{outline:2px solid var(--accent);outline-offset:2px}
        @media(max-width:640px){
        main{padding:1.5rem 1rem 3rem}
        h1{font-size:1.5rem}
        .summary{font-size:1rem}
        dl{grid-template-columns:1fr 1fr}
        dd{font-size:1.0625rem}
        th,td{padding:.4375rem .5rem}
        .wide{display:none}
        .narrow{display:block}
        }
        @media print{main{max-width:none;padding:0}details{display:none}figure,tr{break-inside:avoid}}
        """;
}
