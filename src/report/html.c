/* A report as a page in one file: pictures, charts and drawings stand in it. */
#include "report/report.h"

#include "base/file.h"

#include <string.h>

static const char style[] =
    "<style>body{font:14px/1.5 Inter,system-ui,sans-serif;color:#222;max-width:1080px;margin:40px auto;padding:0 24px}"
    "h1{font-size:28px;margin:0}h2{font-size:20px;margin:40px 0 8px;border-bottom:1px solid #ccc}"
    "h3{font-size:15px;margin:24px 0 8px}header p,.note{color:#555;margin:4px 0}"
    "nav a{margin-right:16px}a{color:#0072b2}table{border-collapse:collapse;font-size:13px}"
    "th,td{padding:3px 10px;border-bottom:1px solid #e4e4e4;text-align:left;font-variant-numeric:tabular-nums}"
    "th{border-bottom-color:#888}td.n,th.n{text-align:right}.shots{display:flex;flex-wrap:wrap;gap:12px}"
    "figure{margin:0;font-size:12px;text-align:center}figure img{width:84px;height:84px;object-fit:contain;"
    "image-rendering:pixelated;display:block;background:#f4f4f4}figure.wrong img{outline:2px solid #d55e00}"
    "svg{max-width:100%;height:auto}svg text{font:12px Inter,system-ui,sans-serif}.wide{overflow-x:auto}"
    "@media print{body{margin:0}section{break-inside:avoid-page}}</style>\n";

static void add_table(rni_str *to, const rni_table *t)
{
    rni_str_add(to, "<div class='wide'><table>\n");
    for (int64_t row = 0; row < t->rows; row++) {
        rni_str_add(to, "<tr>");
        for (int64_t c = 0; c < t->columns; c++) {
            const int64_t at = row * t->columns + c;
            rni_str_addf(to, "<t%c%s", row ? 'd' : 'h', rni_table_is_number(t, c) ? " class='n'" : "");
            if (t->shade && t->shade[at] > 0)
                rni_str_addf(to, " style='background:rgba(0,114,178,%.2f)'", t->shade[at]);
            rni_str_add(to, ">");
            rni_xml_text(to, t->cell[at]);
            rni_str_addf(to, "</t%c>", row ? 'd' : 'h');
        }
        rni_str_add(to, "</tr>\n");
    }
    rni_str_add(to, "</table></div>\n");
}

static void add_plot(rni_str *to, const rni_plot *p)
{
    rni_str_add(to, "<svg viewBox='0 0 760 300' width='760' height='300' role='img'>");
    rni_chart(to, "", p->series, p->n, -16, 760, 300);
    rni_str_add(to, "<text x='694' y='294' text-anchor='end' fill='#555'>");
    rni_xml_text(to, p->x_title);
    rni_str_add(to, "</text></svg>\n");
}

static void add_shots(rni_str *to, const rni_shots *s)
{
    rni_str_add(to, "<div class='shots'>\n");
    for (int64_t i = 0; i < s->n; i++) {
        rni_str_addf(to, "<figure%s><img alt='", s->at[i].wrong ? " class='wrong'" : "");
        rni_xml_text(to, s->at[i].caption);
        rni_str_add(to, "' src='data:image/png;base64,");
        rni_base64(to, s->at[i].png, s->at[i].bytes);
        rni_str_add(to, "'><figcaption>");
        rni_xml_text(to, s->at[i].caption);
        rni_str_add(to, "</figcaption></figure>\n");
    }
    rni_str_add(to, "</div>\n");
}

static void add_line(rni_str *to, double x, double y, const char *text, const char *look)
{
    rni_str_addf(to, "<text x='%.1f' y='%.1f' %s>", x, y, look);
    rni_xml_text(to, text);
    rni_str_add(to, "</text>");
}

static void add_box(rni_str *to, const rni_box *b)
{
    for (int inset = 0; inset <= (b->unit ? 3 : 0); inset += 3)
        rni_str_addf(to, "<rect x='%.1f' y='%.1f' width='%d' height='%d' rx='3' fill='%s' stroke='#888'/>",
                     b->x + inset, b->y + inset, RNI_BOX_WIDTH - 2 * inset, RNI_BOX_HEIGHT - 2 * inset,
                     inset ? "none" : "#fff");
    add_line(to, b->x + 8, b->y + 17, b->name, "font-weight='600'");
    add_line(to, b->x + 8, b->y + 36, b->detail, "fill='#555'");
    add_line(to, b->x + RNI_BOX_WIDTH - 8, b->y + 36, b->shape, "fill='#0072b2' text-anchor='end'");
    rni_str_add(to, "\n");
}

static void add_drawing(rni_str *to, const rni_drawing *d)
{
    rni_str_addf(to, "<svg viewBox='0 0 %.0f %.0f' width='%.0f' height='%.0f' role='img'>\n", d->width, d->height,
                 d->width, d->height);
    for (int64_t i = 0; i < d->n; i++)
        for (int64_t k = 0; k < d->box[i].n_inputs; k++) {
            double x[RNI_WIRE_POINTS], y[RNI_WIRE_POINTS];
            const int n = rni_drawing_wire(d, d->box[i].input[k], i, x, y);
            rni_str_add(to, "<path fill='none' stroke='#888' d='");
            for (int p = 0; p < n; p++) rni_str_addf(to, "%c%.1f %.1f", p ? 'L' : 'M', x[p], y[p]);
            rni_str_add(to, "'/>\n");
        }
    for (int64_t i = 0; i < d->n; i++) add_box(to, &d->box[i]);
    rni_str_add(to, "</svg>\n");
}

static void add_list(rni_str *to, const char *lines)
{
    rni_str_add(to, "<ul>\n");
    while (lines && *lines) {
        const int n = (int)strcspn(lines, "\n");
        rni_str_add(to, "<li>");
        rni_xml_textf(to, "%.*s", n, lines);
        rni_str_add(to, "</li>\n");
        lines += n + (lines[n] == '\n');
    }
    rni_str_add(to, "</ul>\n");
}

static void add_block(rni_str *to, const rni_document_block *b)
{
    if (b->title) {
        rni_str_add(to, "<h3>");
        rni_xml_text(to, b->title);
        rni_str_add(to, "</h3>\n");
    }
    if (b->note && b->type != RNI_BLOCK_LIST) {
        rni_str_add(to, "<p class='note'>");
        rni_xml_text(to, b->note);
        rni_str_add(to, "</p>\n");
    }
    if (b->type == RNI_BLOCK_LIST) add_list(to, b->note);
    if (b->type == RNI_BLOCK_TABLE) add_table(to, &b->table);
    if (b->type == RNI_BLOCK_PLOT) add_plot(to, &b->plot);
    if (b->type == RNI_BLOCK_SHOTS) add_shots(to, &b->shots);
    if (b->type == RNI_BLOCK_DRAWING) add_drawing(to, &b->drawing);
}

bool rni_document_write_html(const rni_document *r, const char *path)
{
    rni_str s = { 0 };
    rni_str_add(&s, "<!doctype html>\n<html lang='en'><head><meta charset='utf-8'>"
                    "<meta name='viewport' content='width=device-width'><title>");
    rni_xml_text(&s, r->title);
    rni_str_addf(&s, "</title>%s</head><body>\n<header><h1>", style);
    rni_xml_text(&s, r->title);
    rni_str_add(&s, "</h1><p>");
    rni_xml_text(&s, r->subtitle);
    rni_str_add(&s, "</p><p>");
    rni_xml_text(&s, r->date);
    rni_str_add(&s, "</p></header>\n<nav>");
    for (int64_t i = 0; i < r->n; i++) {
        rni_str_addf(&s, "<a href='#s%lld'>", (long long)i + 1);
        rni_xml_text(&s, r->section[i].title);
        rni_str_add(&s, "</a>");
    }
    rni_str_add(&s, "</nav>\n");
    for (int64_t i = 0; i < r->n; i++) {
        rni_str_addf(&s, "<section id='s%lld'><h2>", (long long)i + 1);
        rni_xml_text(&s, r->section[i].title);
        rni_str_add(&s, "</h2>\n");
        for (int64_t k = 0; k < r->section[i].n; k++) add_block(&s, &r->section[i].block[k]);
        rni_str_add(&s, "</section>\n");
    }
    rni_str_add(&s, "</body></html>\n");
    const bool ok = !s.failed && rn_ok() && rni_file_write(path, s.at, s.length);
    rni_str_free(&s);
    return ok;
}
