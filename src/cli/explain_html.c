/* rensa explain as a page that needs nothing else, for light and dark, and of bounded size. */
#include "cli/explain_page.h"

#include "base/alloc.h"

#include <stdlib.h>
#include <string.h>

enum { ROWS = 2000 /* of a plan */, PLANS = 4 /* of a part */, REASONS = 100, NAME = 256, SHAPES = 400 };

static const char style[] =
    ":root{color-scheme:light "
    "dark;--bg:#fff;--fg:#1c2430;--dim:#667080;--line:#dfe3e8;--card:#f6f8fa;--compute:#c2410c;"
    "--memory:#2563eb;--call:#8a94a3;--mark:#b91c1c;--edge:#9aa5b4}\n"
    "@media(prefers-color-scheme:dark){:root{--bg:#12161c;--fg:#e3e8ef;--dim:#939eae;--line:#2b333f;--card:#1a2029;"
    "--compute:#fb923c;--memory:#60a5fa;--call:#76818f;--mark:#f87171;--edge:#5b6675}}\n"
    "*{box-sizing:border-box}\n"
    "body{margin:0 auto;max-width:1280px;padding:28px 24px 80px;background:var(--bg);color:var(--fg);font:14px/1.5 "
    "system-ui,-apple-system,Segoe UI,Roboto,sans-serif}\n"
    "h1{font-size:26px;margin:0}h2{font-size:20px;margin:44px 0 12px;padding-top:16px;border-top:1px solid var(--line)}"
    "h3{font-size:15px;margin:28px 0 8px}\n"
    "p{margin:2px 0 8px}.note{color:var(--dim);font-size:13px}a{color:var(--memory);text-decoration:none}\n"
    "nav a{margin-right:16px}\n"
    ".cards{display:grid;grid-template-columns:repeat(auto-fit,minmax(150px,1fr));gap:12px;margin:12px 0}\n"
    ".card{background:var(--card);border:1px solid var(--line);border-radius:8px;padding:10px 14px}"
    ".card b{display:block;font-size:20px;font-weight:600;white-space:nowrap}"
    ".card span{color:var(--dim);font-size:12px}\n"
    "table{border-collapse:collapse;width:100%;font-size:13px;font-variant-numeric:tabular-nums}"
    "th,td{padding:4px 9px;text-align:left;border-bottom:1px solid var(--line);vertical-align:top}"
    "th{color:var(--dim);font-weight:600;white-space:nowrap;background:var(--card)}"
    "td.r,th.r{text-align:right;white-space:nowrap}"
    ".sort th{position:sticky;top:0;cursor:pointer}.sort th:hover{color:var(--fg)}"
    ".sort td:nth-child(2){min-width:150px}.sort "
    "td.n{white-space:nowrap}td.s{color:var(--dim);min-width:220px;overflow-wrap:anywhere}\n"
    "tr:target td{background:color-mix(in srgb,var(--memory) 18%,transparent)}\n"
    ".scroll{overflow:auto;max-height:76vh;border:1px solid var(--line);border-radius:8px}.graphbox{padding:14px}\n"
    "input{width:280px;max-width:100%;padding:5px 10px;margin:0 12px 8px 0;color:inherit;background:var(--card);"
    "border:1px solid var(--line);border-radius:6px;font:inherit}\n"
    "i.compute,i.memory,i.call{display:inline-block;width:9px;height:9px;border-radius:3px;margin-right:6px}"
    "i.compute{background:var(--compute)}i.memory{background:var(--memory)}i.call{background:var(--call)}\n"
    "svg text{fill:var(--fg);font-size:12px}svg.plot{width:100%;display:block}svg.graph{display:block;margin:14px auto}"
    "svg.plot text{fill:var(--dim)}svg.plot text.mark{fill:var(--fg)}\n"
    "text.mid{text-anchor:middle}text.end,text.times{text-anchor:end}"
    "svg text.small{fill:var(--dim);font-size:10.5px}svg text.times{font-weight:700;font-size:11px}\n"
    ".grid{stroke:var(--line)}.roof{stroke:var(--mark);stroke-width:1.5;fill:none}\n"
    ".bar{fill:var(--memory);opacity:.65}.bar:hover{opacity:1}.bar.peak{fill:var(--mark);opacity:1}\n"
    ".point{fill-opacity:.5;stroke-width:1}.point:hover{fill-opacity:1}\n"
    ".compute{fill:var(--compute);stroke:var(--compute)}.memory{fill:var(--memory);stroke:var(--memory)}"
    ".call{fill:var(--call);stroke:var(--call)}\n"
    ".node rect{fill:var(--card);stroke-width:1.3}.node text{stroke:none}.node:hover rect{stroke-width:2.5}"
    ".node .share{stroke:none}.node.compute .share{fill:var(--compute)}.node.memory .share{fill:var(--memory)}"
    ".node.call .share{fill:var(--call)}\n"
    "path.near,path.far{fill:none;stroke:var(--edge);stroke-width:1.2}path.far{opacity:.45}"
    "path.on{stroke:var(--mark);stroke-width:2;opacity:1}\n";

/* Without < and & so that it needs no escaping. */
static const char script[] =
    "for (const t of document.querySelectorAll('table.sort')) {\n"
    "  const body = t.tBodies[0], rows = [...body.rows], key = (r, c) => r.cells[c].dataset.v ?? "
    "r.cells[c].textContent;\n"
    "  [...t.tHead.rows[0].cells].forEach((h, c) => h.onclick = () => {\n"
    "    const number = h.classList.contains('r'), up = h.dataset.up = h.dataset.up ? '' : number ? '' : '1';\n"
    "    const down = h.dataset.down = h.dataset.down || up ? '' : '1', sign = down ? -1 : 1;\n"
    "    rows.sort((a, b) => sign * (number ? key(a, c) - key(b, c) : key(a, c).localeCompare(key(b, c))));\n"
    "    body.append(...rows);\n"
    "  });\n"
    "  const box = document.getElementById(t.dataset.filter), count = box.nextElementSibling;\n"
    "  const texts = new Map(rows.map(r => [r, r.textContent.toLowerCase()]));\n"
    "  box.oninput = () => {\n"
    "    const words = box.value.toLowerCase().split(' ');\n"
    "    let n = 0;\n"
    "    for (const r of rows) {\n"
    "      r.hidden = !words.every(w => texts.get(r).includes(w));\n"
    "      n += r.hidden ? 0 : 1;\n"
    "    }\n"
    "    count.textContent = n + ' of ' + rows.length + ' rows';\n"
    "  };\n"
    "}\n"
    "for (const g of document.querySelectorAll('svg.graph')) {\n"
    "  const mark = (n, on) => g.querySelectorAll(`[data-a=\"${n}\"],[data-b=\"${n}\"]`).forEach(p => "
    "p.classList.toggle('on', on));\n"
    "  for (const a of g.querySelectorAll('a')) {\n"
    "    a.onmouseenter = () => mark(a.dataset.n, true);\n"
    "    a.onmouseleave = () => mark(a.dataset.n, false);\n"
    "  }\n"
    "}\n";

/* ---- texts ---- */

void cli_page_text_n(rni_str *to, const char *text, int n)
{
    int end = (int)strnlen(text, (size_t)n + 1);
    const bool cut = end > n;
    if (cut) end = n;
    while (cut && end > 0 && ((unsigned char)text[end] & 0xc0) == 0x80) end--; /* between characters of UTF-8 */
    for (int i = 0; i < end; i++) {
        const char c = text[i];
        if (c == '&' || c == '<' || c == '>' || c == '"' || c == '\'')
            rni_str_addf(to, "&#%d;", c);
        else
            rni_str_add_n(to, (unsigned char)c < ' ' && c != '\n' ? " " : &text[i], 1);
    }
    if (cut) rni_str_add(to, "…");
}

static void add_text(rni_str *to, const char *text)
{
    cli_page_text_n(to, text, SHAPES);
}

void cli_page_step(rni_str *to, const cli_explained *e, const cli_plan *p, int64_t step)
{
    const rni_report_step *s = &p->plan->step[step];
    char name[NAME], place[NAME], flop[32], bytes[32], live[32], time[32];
    cli_step_name(s, name, sizeof name);
    cli_step_place(s, place, sizeof place);
    cli_amount(rni_report_flop(s), "flop", flop, sizeof flop);
    cli_amount(s->cost.bytes, "B", bytes, sizeof bytes);
    cli_amount((double)s->live, "B", live, sizeof live);
    cli_time(cli_step_seconds(e, p, step), time, sizeof time);
    rni_str_addf(to, "step %lld: ", (long long)step);
    add_text(to, name);
    rni_str_add(to, "\n");
    cli_page_text_n(to, s->shapes, SHAPES / 2);
    rni_str_add(to, "\n");
    add_text(to, s->kernel);
    rni_str_addf(to, "\n%s, %s, %s live", rni_report_flop(s) < 0 ? "operations not known" : flop, bytes, live);
    if (e->measured || e->machine.known) rni_str_addf(to, "\n%s, bound by %s", time, cli_step_bound(e, p, step));
    rni_str_add(to, *place ? "\n" : "");
    add_text(to, place);
}

/* ---- totals ---- */

static void card(rni_str *to, const char *value, const char *title)
{
    rni_str_addf(to, "<div class=\"card\"><b>%s</b><span>%s</span></div>\n", value, title);
}

static void card_amount(rni_str *to, double value, const char *unit, const char *title)
{
    char text[32];
    cli_amount(value, unit, text, sizeof text);
    card(to, text, title);
}

static void cards(rni_str *to, const cli_explained *e, const cli_part *part, const cli_plan *p)
{
    const rni_report_plan *r = p->plan;
    char text[32];
    rni_str_add(to, "<div class=\"cards\">\n");
    card_amount(to, (double)r->n_steps, "", "steps");
    card_amount(to, r->flop, "flop", "operations");
    card_amount(to, r->bytes, "B", "moved");
    card_amount(to, (double)r->peak, "B", "peak of values");
    cli_time(p->predicted, text, sizeof text);
    if (e->machine.known) card(to, text, "least time of the machine");
    cli_time(p->measured, text, sizeof text);
    if (e->measured) card(to, text, "measured, all kernels");
    cli_time(part->step, text, sizeof text);
    if (e->measured) card(to, text, "measured, whole step");
    rni_str_add(to, "</div>\n");
}

static void before_after(rni_str *to, const char *title, double before, double after, const char *unit)
{
    char a[32], b[32], ratio[32] = "";
    cli_amount(before, unit, a, sizeof a);
    cli_amount(after, unit, b, sizeof b);
    if (before > 0) snprintf(ratio, sizeof ratio, "%.0f%%", 100 * after / before);
    rni_str_addf(to, "<tr><td>%s</td><td class=\"r\">%s</td><td class=\"r\">%s</td><td class=\"r\">%s</td></tr>\n",
                 title, a, b, ratio);
}

static void totals(rni_str *to, const cli_plan *p)
{
    const rni_report_plan *r = p->plan;
    char slab[32], results[32], given[32];
    cli_amount((double)r->slab_bytes, "B", slab, sizeof slab);
    cli_amount((double)r->result_bytes, "B", results, sizeof results);
    cli_amount((double)r->given_bytes, "B", given, sizeof given);
    rni_str_add(to, "<h3>Before and after the passes</h3>\n<table><thead><tr><th></th><th class=\"r\">recorded</th>"
                    "<th class=\"r\">compiled</th><th class=\"r\"></th></tr></thead><tbody>\n");
    before_after(to, "calls", (double)r->recorded.calls, (double)r->n_steps, "");
    before_after(to, "views, then copies", (double)r->recorded.views, (double)p->added, "");
    before_after(to, "operations", r->recorded.flop, r->flop, "flop");
    before_after(to, "bytes moved", r->recorded.bytes, r->bytes, "B");
    before_after(to, "peak of values", (double)r->recorded.peak, (double)r->peak, "B");
    rni_str_addf(
        to,
        "</tbody></table>\n<p class=\"note\">%lld steps of several calls, %lld in place, %lld kernels, %lld steps in "
        "plain C; %s in one piece for all values between, %s of results, beside %s that are given.</p>\n",
        (long long)p->fused, (long long)p->in_place, (long long)p->kernels, (long long)p->plain_c, slab, results,
        given);
}

/* ---- tables ---- */

static void cell(rni_str *to, double value, const char *text)
{
    rni_str_addf(to, "<td class=\"r\" data-v=\"%.6g\">%s</td>", value, text);
}

static void row(rni_str *to, const cli_explained *e, const cli_plan *p, int64_t k)
{
    const rni_report_step *s = &p->plan->step[k];
    const double seconds = cli_step_seconds(e, p, k), all = e->measured ? p->measured : p->predicted;
    const double flop = rni_report_flop(s);
    char text[NAME];
    rni_str_addf(to, "<tr id=\"%s-%lld\"><td class=\"r\">%lld</td><td>", p->id, (long long)k, (long long)k);
    cli_step_name(s, text, sizeof text);
    add_text(to, text);
    rni_str_add(to, "</td>");
    cell(to, s->calls, (snprintf(text, sizeof text, "%d", s->calls), text));
    cell(to, seconds, (cli_time(seconds, text, sizeof text), seconds > 0 ? text : ""));
    cell(to, seconds, (snprintf(text, sizeof text, "%.1f%%", all > 0 ? 100 * seconds / all : 0), text));
    if (e->measured) cell(to, p->least[k], (cli_time(p->least[k], text, sizeof text), text));
    cell(to, flop, (cli_amount(flop, "", text, sizeof text), flop < 0 ? "" : text));
    cell(to, s->cost.bytes, (cli_amount(s->cost.bytes, "B", text, sizeof text), text));
    cell(to, (double)s->live, (cli_amount((double)s->live, "B", text, sizeof text), text));
    const char *bound = cli_step_bound(e, p, k);
    rni_str_addf(to, "<td class=\"n\"><i class=\"%s\"></i>%s</td><td class=\"s\">", bound, bound);
    cli_page_text_n(to, s->shapes, SHAPES);
    if (s->in_place) rni_str_add(to, ", in place");
    if (s->within) rni_str_add(to, ", within the step before");
    if (s->plain_c) rni_str_add(to, ", plain C");
    if (s->added) rni_str_add(to, ", put in: ");
    add_text(to, s->added ? s->added : "");
    cli_step_place(s, text, sizeof text);
    rni_str_add(to, "</td><td class=\"n\">");
    add_text(to, text);
    rni_str_add(to, "</td></tr>\n");
}

/* All steps in the order in which they run, or those that take longest. */
static void steps(rni_str *to, const cli_explained *e, const cli_plan *p)
{
    const int64_t n = p->plan->n_steps, shown = n < ROWS ? n : ROWS;
    int32_t *order = n > shown ? cli_steps_by_time(e, p) : NULL;
    rni_str_addf(to,
                 "<h3>Steps</h3>\n<input id=\"%s-filter\" type=\"search\" placeholder=\"filter: words of a row\" "
                 "aria-label=\"filter\"/>",
                 p->id);
    rni_str_addf(to, "<span class=\"note\">%lld of %lld rows%s; click a heading to sort</span>\n", (long long)shown,
                 (long long)n, n > shown ? ", those that take longest" : "");
    rni_str_addf(
        to,
        "<div class=\"scroll\"><table class=\"sort\" data-filter=\"%s-filter\"><thead><tr><th class=\"r\">step</th>"
        "<th>function</th><th class=\"r\">calls</th><th class=\"r\">%s</th><th class=\"r\">share</th>%s<th "
        "class=\"r\">flop</th>"
        "<th class=\"r\">bytes</th><th class=\"r\">live</th><th>bound "
        "by</th><th>shapes</th><th>line</th></tr></thead><tbody>\n",
        p->id, e->measured ? "time" : "least time", e->measured ? "<th class=\"r\">least</th>" : "");
    for (int64_t i = 0; i < shown; i++) row(to, e, p, order ? order[i] : i);
    rni_str_add(to, "</tbody></table></div>\n");
    rni_free(order);
}

static int most_bytes_first(const void *a, const void *b)
{
    const rni_reason *x = *(const rni_reason *const *)a, *y = *(const rni_reason *const *)b;
    if (x->bytes != y->bytes) return x->bytes < y->bytes ? 1 : -1;
    return (x > y) - (x < y);
}

static void reasons(rni_str *to, const rni_why *w)
{
    const rni_reason **order = rni_alloc((w->n + 1) * (int64_t)sizeof(rni_reason *));
    for (int64_t i = 0; order && i < w->n; i++) order[i] = &w->at[i];
    if (order && w->n) {
        qsort(order, (size_t)w->n, sizeof *order, most_bytes_first);
        rni_str_add(
            to,
            "<h3>What the passes left undone, and why</h3>\n<div class=\"scroll\"><table><thead><tr><th "
            "class=\"r\">times</th>"
            "<th>pass</th><th>between</th><th class=\"r\">bytes through memory</th><th>why</th></tr></thead><tbody>\n");
    }
    for (int64_t i = 0; order && i < w->n && i < REASONS; i++) {
        const rni_reason *r = order[i];
        char bytes[32];
        cli_amount(r->bytes, "B", bytes, sizeof bytes);
        rni_str_addf(to, "<tr><td class=\"r\">%lld</td><td>%s</td><td>", (long long)r->count, r->pass);
        add_text(to, r->from);
        rni_str_add(to, r->to ? " → " : "");
        add_text(to, r->to ? r->to : "");
        rni_str_addf(to, "</td><td class=\"r\">%s</td><td>", r->bytes > 0 ? bytes : "");
        add_text(to, r->why);
        rni_str_add(to, "</td></tr>\n");
    }
    if (order && w->n) rni_str_add(to, "</tbody></table></div>\n");
    rni_free(order);
}

/* ---- the page ---- */

static void plan(rni_str *to, const cli_explained *e, const cli_part *part, const cli_plan *p)
{
    cards(to, e, part, p);
    totals(to, p);
    if (p->plan->n_steps == 0) return;
    rni_str_add(to, "<h3>Memory</h3>\n<p class=\"note\">Bytes of values that are held while each step runs.</p>\n");
    cli_page_memory(to, e, p);
    rni_str_add(to, "<h3>Roofline</h3>\n");
    cli_page_roofline(to, e, p);
    rni_str_add(to, "<h3>Graph of kernels</h3>\n");
    cli_page_graph(to, e, p);
    steps(to, e, p);
    reasons(to, &p->plan->why);
}

static void head(rni_str *to, const cli_explained *e)
{
    char parameters[32];
    cli_amount((double)e->parameters, "", parameters, sizeof parameters);
    rni_str_add(to, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\"/>\n<meta name=\"viewport\" "
                    "content=\"width=device-width,initial-scale=1\"/>\n<title>");
    add_text(to, e->name);
    rni_str_addf(to, ", compiled</title>\n<style>\n%s</style>\n</head>\n<body>\n<h1>", style);
    add_text(to, e->name);
    rni_str_addf(to, "</h1>\n<p>batch %lld, %s parameters, %d thread%s; rensa %s</p>\n<p class=\"note\">",
                 (long long)e->batch, parameters, e->threads, e->threads == 1 ? "" : "s", rn_version());
    if (e->machine.known) add_text(to, e->machine.name);
    rni_str_add(to, "</p>\n<nav>");
    for (int i = 0; i < 2; i++) rni_str_addf(to, "<a href=\"#%s\">%s</a>", e->part[i].key, e->part[i].title);
    rni_str_add(
        to,
        "</nav>\n<p class=\"note\"><i class=\"compute\"></i>bound by compute &#160; <i class=\"memory\"></i>by memory "
        "&#160; <i class=\"call\"></i>less than a call costs</p>\n");
}

void cli_explain_html(const cli_explained *e, rni_str *to)
{
    head(to, e);
    for (int i = 0; i < 2; i++) {
        const cli_part *part = &e->part[i];
        rni_str_addf(to, "<h2 id=\"%s\">", part->key);
        rni_str_addf(to, "%c%s</h2>\n", part->title[0] - 'a' + 'A', part->title + 1);
        for (int64_t k = 0; k < part->n && k < PLANS; k++) {
            if (part->n > 1) rni_str_addf(to, "<h3>Plan %lld of %lld</h3>\n", (long long)k + 1, (long long)part->n);
            plan(to, e, part, &part->plan[k]);
        }
        if (part->n > PLANS)
            rni_str_addf(to, "<p class=\"note\">And %lld more plans, see --json.</p>\n", (long long)(part->n - PLANS));
    }
    rni_str_addf(to, "<script>\n%s</script>\n</body>\n</html>\n", script);
}
