/* report_html_style: how the page looks, and the few lines that sort its tables where scripts run. */
#include "cli/report_html.h"

/*
 * Contrasts of text are at least 4.5 to 1, of marks 3 to 1, in both schemes (WCAG 2.2, 1.4.3 and 1.4.11). Met and late
 * are blue and orange to red, told apart by those who do not see red or green; what colours say, tables say too.
 */
const char *const html_style[] = {
    ":root{color-scheme:light dark;--text:#1b1b1f;--page:#fff;--card:#f5f6f8;--line:#d5d7dd;--grid:#c9ccd4;"
    "--quiet:#595c66;--link:#0b57a4;--met:#2f74b5;--missed:#d4750a;--breached:#b3201f;--alarm:#a61b1b;--warn:#8a4b00;"
    "--empty:#eceef2;--h1:#cfe1f5;--h2:#9cc3ea;--h3:#659fd8;--h4:#3374b8;--h5:#154a86;--l1:#fbdcc4;--l2:#f5b183;"
    "--l3:#e5813f;--l4:#bf5314;--l5:#86330a}\n",
    "@media(prefers-color-scheme:dark){:root{--text:#e8e8ec;--page:#16171b;--card:#202228;--line:#3b3e47;"
    "--grid:#484b55;--quiet:#b0b3bd;--link:#8cc4ff;--met:#5b9fdd;--missed:#f0a04b;--breached:#f26d6d;--alarm:#ff9c9c;"
    "--warn:#ffc36b;--empty:#25272e;--h1:#1c3a5a;--h2:#26588c;--h3:#387fc4;--h4:#6fade6;--h5:#bddcfb;--l1:#4b2a15;"
    "--l2:#7c4318;--l3:#b8641f;--l4:#ec9650;--l5:#ffd2a8}}\n",
    "*{box-sizing:border-box}\n",
    "html{-webkit-text-size-adjust:100%}\n",
    "body{margin:0 auto;padding:1.25rem;max-width:84rem;font:1rem/1.5 system-ui,sans-serif;color:var(--text);"
    "background:var(--page)}\n",
    "h1{font-size:1.75rem;line-height:1.2;margin:.25rem 0 .5rem;overflow-wrap:anywhere}\n",
    "h2{font-size:1.2rem;margin:2.5rem 0 .5rem;padding-bottom:.3rem;border-bottom:1px solid var(--line)}\n",
    "h2 small{font-weight:400;color:var(--quiet)}\n",
    "p{margin:.4rem 0}\n",
    "a{color:var(--link)}\n",
    "small{font-size:.8em}\n",
    ".quiet,time small,.zero,.empty{color:var(--quiet)}\n",
    ".tiles{list-style:none;margin:1.25rem 0;padding:0;display:grid;gap:.75rem;grid-template-columns:repeat(auto-fit,"
    "minmax(8.5rem,1fr))}\n",
    ".tiles li{background:var(--card);border:1px solid var(--line);border-radius:.5rem;padding:.6rem .8rem;"
    "font-size:.9rem}\n",
    ".tiles b{display:block;font-size:1.5rem;line-height:1.25;font-variant-numeric:tabular-nums;white-space:nowrap}\n",
    ".tiles .breached b{color:var(--alarm)}.tiles .risk b{color:var(--warn)}.tiles .none{color:var(--quiet)}\n",
    ".tiles .breached{border-inline-start:.3rem solid var(--alarm)}.tiles .risk{"
    "border-inline-start:.3rem solid var(--warn)}\n",
    "dl{display:grid;grid-template-columns:max-content minmax(0,1fr);gap:.15rem 1rem;margin:.5rem 0;font-size:.9rem}"
    "\n",
    "dt{color:var(--quiet)}dd{margin:0;overflow-wrap:anywhere}dd ul{list-style:none;margin:0;padding:0}\n",
    ".scroll{overflow-x:auto;margin:.5rem 0}\n",
    ".scroll:focus-visible,summary:focus-visible,button:focus-visible{outline:2px solid var(--link);"
    "outline-offset:2px}\n",
    "table{border-collapse:collapse;font-size:.9rem;font-variant-numeric:tabular-nums}\n",
    "th,td{padding:.3rem .6rem;text-align:start;vertical-align:baseline}\n",
    "thead th{color:var(--quiet);font-weight:400;font-size:.85rem;border-bottom:1px solid var(--line);"
    "vertical-align:bottom}\n",
    "tbody tr{border-top:1px solid var(--line)}\n",
    "tbody th{font-weight:600}\n",
    ".numbers th,.numbers td,.number{text-align:end;white-space:nowrap}\n",
    ".numbers .text,.numbers th:first-child,.numbers .more td{text-align:start}\n",
    ".numbers .text{white-space:normal;overflow-wrap:anywhere;min-width:7rem;max-width:24rem}\n",
    "section>.scroll>.numbers,.queue{width:100%}\n",
    ".total td{font-weight:600}.total .zero{font-weight:400}\n",
    ".bar{width:18%;min-width:4.5rem}.bar svg{display:block;width:100%;height:.8rem;border-radius:.2rem}\n",
    ".more{color:var(--quiet)}\n",
    ".queue th,.queue td{overflow-wrap:break-word;max-width:24rem}.queue>tbody>tr>th{min-width:7rem}\n",
    "time,.dates span{white-space:nowrap}\n",
    ".over{color:var(--alarm);font-weight:600}.over~.over{font-weight:400}\n",
    ".status{white-space:nowrap}.at_risk{color:var(--warn);font-weight:600}.paused{color:var(--quiet)}\n",
    ".queue .why{border:0}.queue .why>td{padding-top:0;max-width:none}\n",
    ".why details>*{margin-inline-start:1.1rem}.why summary{margin:0}\n",
    ".why details[open]{padding-bottom:.8rem}\n",
    ".why details{position:sticky;inset-inline-start:.6rem;max-width:min(64rem,100vw - 4.5rem)}\n",
    "summary{cursor:pointer;color:var(--link);font-size:.85rem;width:max-content;padding:.1rem 0}\n",
    ".dates{font-size:.85rem}.dates :is(th,td):nth-child(-n+3){text-align:start}.dates td:nth-child(3){"
    "white-space:normal;min-width:10rem}.dates .off{color:var(--quiet)}.dates tbody th{font-weight:400}\n",
    "code{font-size:.95em}\n",
    "figure :is(th,td){padding:.15rem .4rem}figure tbody th{font-weight:400}\n",
    ".charts{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(22rem,100%),1fr));gap:1rem 2.5rem;"
    "align-items:start}\n",
    "figure{margin:.5rem 0;min-width:0;max-width:33rem;break-inside:avoid}\n",
    "figcaption{font-weight:600;overflow-wrap:anywhere}\n",
    ".chart{display:block;width:100%;height:auto;font-size:115px;font-variant-numeric:tabular-nums}\n",
    ".chart text{fill:var(--quiet)}\n",
    ".grid,.tick,.axis,.target{stroke:var(--grid);stroke-width:8}.axis,.target{stroke:var(--quiet)}\n",
    ".target{stroke-width:14;stroke-dasharray:50 35}\n",
    ".curve{fill:none;stroke:var(--text);stroke-width:16;stroke-linejoin:round}.dot{fill:var(--text)}\n",
    ".touch{fill:transparent}.touch:hover{fill:var(--text);fill-opacity:.1}\n",
    "rect.met{fill:var(--met)}rect.missed{fill:var(--missed)}rect.breached{fill:var(--breached)}\n",
    ".heat0,.late0{fill:var(--empty);background:var(--empty)}\n",
    ".heat1{fill:var(--h1);background:var(--h1)}.heat2{fill:var(--h2);background:var(--h2)}.heat3{fill:var(--h3);"
    "background:var(--h3)}.heat4{fill:var(--h4);background:var(--h4)}.heat5{fill:var(--h5);background:var(--h5)}\n",
    ".late1{fill:var(--l1);background:var(--l1)}.late2{fill:var(--l2);background:var(--l2)}.late3{fill:var(--l3);"
    "background:var(--l3)}.late4{fill:var(--l4);background:var(--l4)}.late5{fill:var(--l5);background:var(--l5)}\n",
    ".key{font-size:.85rem;color:var(--quiet);white-space:nowrap}\n",
    ".key i{display:inline-block;width:.9em;height:.9em;margin:0 .25em 0 .1em;border-radius:.15em;"
    "vertical-align:-.1em}\n",
    "i.met{background:var(--met)}i.missed{background:var(--missed)}i.breached{background:var(--breached)}\n",
    "th button{font:inherit;color:inherit;background:none;border:0;padding:0;cursor:pointer;text-align:inherit}\n",
    "th button:hover{color:var(--text);text-decoration:underline}\n",
    "th[aria-sort=ascending] button::after{content:\" \\2191\"}th[aria-sort=descending] button::after{"
    "content:\" \\2193\"}\n",
    "footer{margin-top:3rem;border-top:1px solid var(--line);color:var(--quiet);font-size:.85rem}\n",
    "@media(max-width:60rem){.tiles{grid-template-columns:repeat(4,1fr)}.numbers :is(th,td){padding-inline:.4rem}}\n",
    "@media(max-width:40rem){.bar{display:none}body{padding:.9rem}h1{font-size:1.4rem}th,td{padding:.3rem .4rem}"
    ".tiles{grid-template-columns:1fr 1fr}}\n",
    "@media screen and "
    "(max-width:40rem){.queue,.queue>tbody{display:block}.queue>thead,.queue>tbody>tr>td:empty{display:none}"
    ".queue>tbody>tr{display:flex;flex-wrap:wrap;gap:.1rem .9rem;padding:.35rem 0}.queue>tbody>tr>*{padding:0;"
    "min-width:0!important;max-width:100%}.queue [data-l]{flex:1 0 100%;text-align:start}.queue [data-l]::before{"
    "content:attr(data-l) \": \";color:var(--quiet);font-weight:400}.queue>tbody>.why{padding-top:0}.queue .why>td{"
    "width:100%}.why details{position:static;max-width:none}.why details>*{margin-inline-start:0}"
    ".dates td:nth-child(2),.dates td:nth-child(3){white-space:normal;min-width:0}.dates :is(th,td){"
    "padding-inline:.2rem}.dates{font-size:.75rem}}\n",
    "@page{margin:14mm}\n",
    "@media print{:root{color-scheme:light;--text:#000;--page:#fff;--card:#fff;--line:#bbb;--grid:#bbb;--quiet:#444;"
    "--link:#000;--met:#2f74b5;--missed:#d4750a;--breached:#b3201f;--alarm:#a61b1b;--warn:#8a4b00;--empty:#eceef2;"
    "--h1:#cfe1f5;--h2:#9cc3ea;--h3:#659fd8;--h4:#3374b8;--h5:#154a86;--l1:#fbdcc4;--l2:#f5b183;--l3:#e5813f;"
    "--l4:#bf5314;--l5:#86330a}\n",
    "html{font-size:8pt}body{max-width:none;padding:0}.charts{grid-template-columns:1fr 1fr}a{text-decoration:none}"
    "h2,section>p{break-after:avoid}.scroll+p{break-before:avoid}tr:not(.why),.queue>tbody{break-inside:avoid}thead{"
    "display:table-header-group}"
    ".scroll{overflow:visible}details:not([open]){display:none}.why:not(:has([open])){display:none}svg,i{"
    "print-color-adjust:exact;-webkit-print-color-adjust:exact}}\n",
    NULL};

/* Sorts rows, or where each row has a body of its own, bodies; rows of totals and of what is left out keep their place.
 */
const char html_script[] =
    "\"use strict\";\n"
    "for (const table of document.querySelectorAll(\"table.sort\"))\n"
    "  for (const th of table.tHead.querySelectorAll(\"th\")) {\n"
    "    const button = document.createElement(\"button\");\n"
    "    button.type = \"button\";\n"
    "    button.append(...th.childNodes);\n"
    "    th.append(button);\n"
    "    button.onclick = () => {\n"
    "      const down = th.getAttribute(\"aria-sort\") === \"ascending\", column = th.cellIndex;\n"
    "      for (const other of table.tHead.querySelectorAll(\"th\")) other.removeAttribute(\"aria-sort\");\n"
    "      th.setAttribute(\"aria-sort\", down ? \"descending\" : \"ascending\");\n"
    "      const value = (row) => row.cells[column]?.dataset.v ?? row.cells[column]?.textContent ?? \"\";\n"
    "      const order = (a, b) => (down ? -1 : 1) * value(a).localeCompare(value(b), undefined, {numeric: true});\n"
    "      const number = (a, b) => (down ? -1 : 1) * (value(a) - value(b));\n"
    "      const sort = (rows) => rows.sort(rows.every((row) => value(row) !== \"\" && !isNaN(value(row))) ? number"
    " : order);\n"
    "      if (table.classList.contains(\"queue\")) {\n"
    "        const bodies = new Map([...table.tBodies].map((body) => [body.rows[0], body]));\n"
    "        for (const row of sort([...bodies.keys()])) table.append(bodies.get(row));\n"
    "      } else\n"
    "        for (const body of table.tBodies) {\n"
    "          const more = body.querySelector(\".more\");\n"
    "          for (const row of sort([...body.querySelectorAll(\"tr:not(.total,.more)\")])) body.insertBefore(row, "
    "more);\n"
    "        }\n"
    "    };\n"
    "  }\n";

/* Of the script, as Content-Security-Policy wants it: no other script runs on the page. */
const char html_script_hash[] = "sha256-KnTEAPlY3r4dclub/tg8nEduA1k3Tz2ApQkfuq1srsU=";
