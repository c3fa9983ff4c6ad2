/* A report as slides of 1280 x 720 pixels: one block each, more where it is long. */
#include "report/pptx.h"

#include "base/alloc.h"

#include <math.h>
#include <string.h>

enum { EMU = 9525, WIDTH = 1280, HEIGHT = 720, LEFT = 48, TOP = 104, BODY_WIDTH = WIDTH - 2 * LEFT };
enum { BODY_HEIGHT = HEIGHT - TOP - 32, ROWS_MAX = 19, LINES_MAX = 16, SHOT = 96, SHOTS_ACROSS = 10, SHOTS_MAX = 40 };

/* The slide that is being written. */
typedef struct slide {
    rni_deck *deck;
    rni_str tree, links;
    int shapes, n_links;
} slide;

void rni_deck_add_bytes(rni_deck *d, const void *bytes, int64_t n, const char *name)
{
    rni_zip_input *all = rni_grow(d->part, d->n, &d->capacity, (int64_t)sizeof *all);
    const char *copy = all ? rni_document_text(&d->own, "%s", name) : NULL;
    if (all) d->part = all;
    if (copy) d->part[d->n++] = (rni_zip_input){ .name = copy, .data = bytes, .data_bytes = n };
}

void rni_deck_add(rni_deck *d, rni_str *content, const char *name_fmt, ...)
{
    char name[96];
    va_list args;
    va_start(args, name_fmt);
    vsnprintf(name, sizeof name, name_fmt, args);
    va_end(args);
    if (content->failed)
        rni_str_free(content);
    else
        rni_deck_add_bytes(d, rni_document_own(&d->own, content->at), content->length, name);
    *content = (rni_str){ 0 };
}

/* ---- shapes ---- */

static void add_place(rni_str *to, const char *space, double x, double y, double w, double h)
{
    rni_str_addf(to, "<%s:xfrm><a:off x=\"%.0f\" y=\"%.0f\"/><a:ext cx=\"%.0f\" cy=\"%.0f\"/></%s:xfrm>", space,
                 x * EMU, y * EMU, w * EMU, h * EMU, space);
}

/* A run of text; size in hundredths of a point, colour in hexadecimal digits. */
static void add_run(rni_str *to, const char *text, int size, bool bold, const char *colour)
{
    rni_str_addf(to,
                 "<a:r><a:rPr lang=\"en\" sz=\"%d\" b=\"%d\"><a:solidFill><a:srgbClr val=\"%s\"/></a:solidFill>"
                 "</a:rPr><a:t>",
                 size, bold, colour);
    rni_xml_text(to, text);
    rni_str_add(to, "</a:t></a:r>");
}

static void begin_text(slide *s, double x, double y, double w, double h)
{
    const int id = ++s->shapes + 1;
    rni_str_addf(&s->tree,
                 "<p:sp><p:nvSpPr><p:cNvPr id=\"%d\" name=\"Text %d\"/><p:cNvSpPr txBox=\"1\"/><p:nvPr/>"
                 "</p:nvSpPr><p:spPr>",
                 id, id);
    add_place(&s->tree, "a", x, y, w, h);
    rni_str_add(&s->tree, "<a:prstGeom prst=\"rect\"><a:avLst/></a:prstGeom><a:noFill/></p:spPr><p:txBody><a:bodyPr "
                          "wrap=\"square\" lIns=\"0\" tIns=\"0\" rIns=\"0\" bIns=\"0\"/>");
}

static void end_text(slide *s)
{
    rni_str_add(&s->tree, "</p:txBody></p:sp>");
}

static void add_text(slide *s, double x, double y, double w, double h, const char *text, int size, bool bold,
                     const char *colour, const char *align)
{
    begin_text(s, x, y, w, h);
    rni_str_addf(&s->tree, "<a:p><a:pPr algn=\"%s\"/>", align);
    add_run(&s->tree, text, size, bold, colour);
    rni_str_add(&s->tree, "</a:p>");
    end_text(s);
}

static int add_link(slide *s, const char *kind, const char *fmt, int number)
{
    char target[64];
    snprintf(target, sizeof target, fmt, number);
    rni_str_addf(&s->links, "<Relationship Id=\"rId%d\" Type=\"" RNI_OFFICE "/%s\" Target=\"../%s\"/>", ++s->n_links,
                 kind, target);
    return s->n_links;
}

/* ---- slides ---- */

static void begin(slide *s, rni_deck *d, const char *title, const char *part)
{
    *s = (slide){ .deck = d };
    add_link(s, "slideLayout", "slideLayouts/slideLayout%d.xml", 1);
    if (!title) return;
    begin_text(s, LEFT, 32, BODY_WIDTH, 48);
    rni_str_add(&s->tree, "<a:p>");
    add_run(&s->tree, title, 2600, true, "222222");
    if (part) add_run(&s->tree, "   ", 1800, false, "666666");
    if (part) add_run(&s->tree, part, 1800, false, "666666");
    rni_str_add(&s->tree, "</a:p>");
    end_text(s);
}

static void end(slide *s)
{
    rni_deck *d = s->deck;
    rni_str xml = { 0 };
    const int number = ++d->slides;
    rni_str_add(&xml,
                RNI_XML "<p:sld xmlns:a=\"" RNI_DRAWING_NS "\" xmlns:r=\"" RNI_OFFICE
                        "\" xmlns:p=\"http://schemas.openxmlformats.org/presentationml/2006/main\"><p:cSld>"
                        "<p:spTree><p:nvGrpSpPr><p:cNvPr id=\"1\" name=\"\"/><p:cNvGrpSpPr/><p:nvPr/></p:nvGrpSpPr>"
                        "<p:grpSpPr/>");
    rni_str_add_n(&xml, s->tree.at ? s->tree.at : "", s->tree.length);
    rni_str_add(&xml, "</p:spTree></p:cSld><p:clrMapOvr><a:masterClrMapping/></p:clrMapOvr></p:sld>");
    xml.failed |= s->tree.failed;
    rni_deck_add(d, &xml, "ppt/slides/slide%d.xml", number);
    rni_str_add(&xml, RNI_XML RNI_RELATIONS);
    rni_str_add(&xml, s->links.at ? s->links.at : "");
    rni_str_add(&xml, "</Relationships>");
    xml.failed |= s->links.failed;
    rni_deck_add(d, &xml, "ppt/slides/_rels/slide%d.xml.rels", number);
    rni_str_free(&s->tree);
    rni_str_free(&s->links);
}

/* ---- tables ---- */

static void add_edge(rni_str *to, const char *side, const char *colour)
{
    rni_str_addf(to, "<a:%s w=\"6350\">", side);
    if (colour)
        rni_str_addf(to, "<a:solidFill><a:srgbClr val=\"%s\"/></a:solidFill>", colour);
    else
        rni_str_add(to, "<a:noFill/>");
    rni_str_addf(to, "</a:%s>", side);
}

/* The accent colour over white. */
static void shade_colour(double shade, char text[8])
{
    static const int accent[3] = { 0x00, 0x72, 0xB2 };
    int c[3];
    for (int i = 0; i < 3; i++) c[i] = (int)lround(255 + (accent[i] - 255) * shade);
    snprintf(text, 8, "%02X%02X%02X", c[0], c[1], c[2]);
}

static void add_cell(rni_str *to, const rni_table *t, int64_t at, bool header, int size)
{
    const double shade = t->shade ? t->shade[at] : 0;
    const bool right = rni_table_is_number(t, at % t->columns);
    rni_str_addf(to, "<a:tc><a:txBody><a:bodyPr/><a:p><a:pPr algn=\"%s\"/>", right ? "r" : "l");
    if (t->cell[at]) add_run(to, t->cell[at], size, header, shade > 0.6 ? "FFFFFF" : "222222");
    rni_str_addf(to,
                 "<a:endParaRPr lang=\"en\" sz=\"%d\"/></a:p></a:txBody><a:tcPr marL=\"50000\" marR=\"50000\" "
                 "marT=\"25000\" marB=\"25000\" anchor=\"ctr\">",
                 size);
    add_edge(to, "lnL", NULL);
    add_edge(to, "lnR", NULL);
    add_edge(to, "lnT", NULL);
    add_edge(to, "lnB", header ? "888888" : "DDDDDD");
    char colour[8];
    shade_colour(shade, colour);
    if (shade > 0)
        rni_str_addf(to, "<a:solidFill><a:srgbClr val=\"%s\"/></a:solidFill>", colour);
    else
        rni_str_add(to, "<a:noFill/>");
    rni_str_add(to, "</a:tcPr></a:tc>");
}

/* Columns as wide as their texts ask for. */
static void column_widths(const rni_table *t, double *width)
{
    double sum = 0;
    for (int64_t c = 0; c < t->columns; c++) {
        size_t most = 3;
        for (int64_t row = 0; row < t->rows; row++) {
            const char *text = t->cell[row * t->columns + c];
            if (text && strlen(text) > most) most = strlen(text);
        }
        sum += width[c] = 28 + 9.5 * (double)(most < 80 ? most : 80);
    }
    if (sum > BODY_WIDTH)
        for (int64_t c = 0; c < t->columns; c++) width[c] *= BODY_WIDTH / sum;
}

static void add_rows(slide *s, const rni_table *t, const double *width, int64_t from, int64_t to)
{
    const int id = ++s->shapes + 1, size = t->columns > 14 ? 800 : t->columns > 9 ? 1000 : 1200;
    const double row_height = fmin(26, (double)BODY_HEIGHT / (double)(to - from + 1));
    double sum = 0;
    for (int64_t c = 0; c < t->columns; c++) sum += width[c];
    rni_str_addf(&s->tree,
                 "<p:graphicFrame><p:nvGraphicFramePr><p:cNvPr id=\"%d\" name=\"Table %d\"/>"
                 "<p:cNvGraphicFramePr/><p:nvPr/></p:nvGraphicFramePr>",
                 id, id);
    add_place(&s->tree, "p", LEFT, TOP, sum, row_height * (double)(to - from + 1));
    rni_str_add(&s->tree, "<a:graphic><a:graphicData uri=\"http://schemas.openxmlformats.org/drawingml/2006/table\">"
                          "<a:tbl><a:tblPr firstRow=\"1\"/><a:tblGrid>");
    for (int64_t c = 0; c < t->columns; c++) rni_str_addf(&s->tree, "<a:gridCol w=\"%.0f\"/>", width[c] * EMU);
    rni_str_add(&s->tree, "</a:tblGrid>");
    for (int64_t row = from - 1; row < to; row++) {
        const int64_t at = row < from ? 0 : row;
        rni_str_addf(&s->tree, "<a:tr h=\"%.0f\">", row_height * EMU);
        for (int64_t c = 0; c < t->columns; c++) add_cell(&s->tree, t, at * t->columns + c, at == 0, size);
        rni_str_add(&s->tree, "</a:tr>");
    }
    rni_str_add(&s->tree, "</a:tbl></a:graphicData></a:graphic></p:graphicFrame>");
}

static void add_table(rni_deck *d, const char *title, const rni_document_block *b)
{
    const rni_table *t = &b->table;
    const int64_t rows_max = t->shade ? 40 : ROWS_MAX;
    double *width = rni_alloc((t->columns + 1) * (int64_t)sizeof *width);
    if (!width) return;
    column_widths(t, width);
    for (int64_t from = 1; from < t->rows; from += rows_max) {
        const int64_t to = from + rows_max < t->rows ? from + rows_max : t->rows;
        slide s;
        begin(&s, d, title, b->title);
        add_rows(&s, t, width, from, to);
        if (b->note) add_text(&s, LEFT, HEIGHT - 30, BODY_WIDTH, 22, b->note, 1100, false, "666666", "l");
        end(&s);
    }
    rni_free(width);
}

/* ---- the other blocks ---- */

static void add_plot(rni_deck *d, const char *title, const rni_document_block *b)
{
    slide s;
    begin(&s, d, title, b->title);
    const int link = add_link(&s, "chart", "charts/chart%d.xml", rni_deck_chart(d, &b->plot)), id = ++s.shapes + 1;
    rni_str_addf(&s.tree,
                 "<p:graphicFrame><p:nvGraphicFramePr><p:cNvPr id=\"%d\" name=\"Chart %d\"/>"
                 "<p:cNvGraphicFramePr/><p:nvPr/></p:nvGraphicFramePr>",
                 id, id);
    add_place(&s.tree, "p", LEFT, TOP, BODY_WIDTH, BODY_HEIGHT);
    rni_str_addf(&s.tree,
                 "<a:graphic><a:graphicData uri=\"http://schemas.openxmlformats.org/drawingml/2006/chart\">"
                 "<c:chart xmlns:c=\"http://schemas.openxmlformats.org/drawingml/2006/chart\" r:id=\"rId%d\"/>"
                 "</a:graphicData></a:graphic></p:graphicFrame>",
                 link);
    end(&s);
}

static void add_shot(slide *s, const rni_shot *shot, double x, double y)
{
    const int number = ++s->deck->pictures, id = ++s->shapes + 1;
    const double scale = fmin((double)SHOT / (double)shot->width, (double)SHOT / (double)shot->height);
    const double w = scale * (double)shot->width, h = scale * (double)shot->height;
    char name[64];
    snprintf(name, sizeof name, "ppt/media/picture%d.png", number);
    rni_deck_add_bytes(s->deck, shot->png, shot->bytes, name);
    rni_str_addf(&s->tree, "<p:pic><p:nvPicPr><p:cNvPr id=\"%d\" name=\"Picture %d\" descr=\"", id, number);
    rni_xml_text(&s->tree, shot->caption);
    rni_str_addf(&s->tree,
                 "\"/><p:cNvPicPr><a:picLocks noChangeAspect=\"1\"/></p:cNvPicPr><p:nvPr/></p:nvPicPr>"
                 "<p:blipFill><a:blip r:embed=\"rId%d\"/><a:stretch><a:fillRect/></a:stretch></p:blipFill>"
                 "<p:spPr>",
                 add_link(s, "image", "media/picture%d.png", number));
    add_place(&s->tree, "a", x + (SHOT - w) / 2, y + (SHOT - h) / 2, w, h);
    rni_str_addf(&s->tree,
                 "<a:prstGeom prst=\"rect\"><a:avLst/></a:prstGeom><a:ln w=\"%d\"><a:solidFill><a:srgbClr "
                 "val=\"%s\"/></a:solidFill></a:ln></p:spPr></p:pic>",
                 shot->wrong ? 19050 : 6350, shot->wrong ? "D55E00" : "DDDDDD");
    add_text(s, x, y + SHOT + 4, SHOT, 20, shot->caption, 1000, false, "444444", "ctr");
}

static void add_shots(rni_deck *d, const char *title, const rni_document_block *b)
{
    const double step_x = (double)BODY_WIDTH / SHOTS_ACROSS, step_y = SHOT + 40;
    for (int64_t from = 0; from < b->shots.n; from += SHOTS_MAX) {
        slide s;
        begin(&s, d, title, b->title);
        for (int64_t i = from; i < b->shots.n && i < from + SHOTS_MAX; i++) {
            const int64_t k = i - from;
            add_shot(&s, &b->shots.at[i], LEFT + step_x * (double)(k % SHOTS_ACROSS),
                     TOP + step_y * (double)(k / SHOTS_ACROSS));
        }
        end(&s);
    }
}

static void add_wire(slide *s, const rni_drawing *d, int64_t from, int64_t to, double scale)
{
    double x[RNI_WIRE_POINTS], y[RNI_WIRE_POINTS], x0 = INFINITY, y0 = INFINITY, x1 = 0, y1 = 0;
    const int n = rni_drawing_wire(d, from, to, x, y), id = ++s->shapes + 1;
    for (int i = 0; i < n; i++) {
        x0 = fmin(x0, x[i]);
        x1 = fmax(x1, x[i]);
        y0 = fmin(y0, y[i]);
        y1 = fmax(y1, y[i]);
    }
    const double unit = scale * EMU;
    rni_str_addf(&s->tree,
                 "<p:sp><p:nvSpPr><p:cNvPr id=\"%d\" name=\"Line %d\"/><p:cNvSpPr/><p:nvPr/></p:nvSpPr>"
                 "<p:spPr>",
                 id, id);
    add_place(&s->tree, "a", LEFT + x0 * scale, TOP + y0 * scale, (x1 - x0) * scale, (y1 - y0) * scale);
    rni_str_addf(&s->tree,
                 "<a:custGeom><a:avLst/><a:gdLst/><a:ahLst/><a:cxnLst/><a:rect l=\"0\" t=\"0\" r=\"r\" "
                 "b=\"b\"/><a:pathLst><a:path w=\"%.0f\" h=\"%.0f\" fill=\"none\">",
                 (x1 - x0) * unit, (y1 - y0) * unit);
    for (int i = 0; i < n; i++)
        rni_str_addf(&s->tree, "<a:%s><a:pt x=\"%.0f\" y=\"%.0f\"/></a:%s>", i ? "lnTo" : "moveTo", (x[i] - x0) * unit,
                     (y[i] - y0) * unit, i ? "lnTo" : "moveTo");
    rni_str_add(&s->tree, "</a:path></a:pathLst></a:custGeom><a:noFill/><a:ln w=\"9525\"><a:solidFill><a:srgbClr "
                          "val=\"888888\"/></a:solidFill></a:ln></p:spPr></p:sp>");
}

static void add_box(slide *s, const rni_box *b, double scale)
{
    const int id = ++s->shapes + 1, size = (int)fmax(300, 100 * round(9 * fmin(scale, 1.3)));
    rni_str_addf(&s->tree, "<p:sp><p:nvSpPr><p:cNvPr id=\"%d\" name=\"", id);
    rni_xml_text(&s->tree, b->name);
    rni_str_add(&s->tree, "\"/><p:cNvSpPr/><p:nvPr/></p:nvSpPr><p:spPr>");
    add_place(&s->tree, "a", LEFT + b->x * scale, TOP + b->y * scale, RNI_BOX_WIDTH * scale, RNI_BOX_HEIGHT * scale);
    rni_str_addf(&s->tree,
                 "<a:prstGeom prst=\"rect\"><a:avLst/></a:prstGeom><a:solidFill><a:srgbClr val=\"FFFFFF\"/>"
                 "</a:solidFill><a:ln w=\"%d\" cmpd=\"%s\"><a:solidFill><a:srgbClr val=\"888888\"/>"
                 "</a:solidFill></a:ln></p:spPr><p:txBody><a:bodyPr wrap=\"none\" lIns=\"45000\" tIns=\"0\" "
                 "rIns=\"45000\" bIns=\"0\" anchor=\"ctr\"/><a:p>",
                 b->unit ? 28575 : 9525, b->unit ? "dbl" : "sng");
    add_run(&s->tree, b->name, size, true, "222222");
    rni_str_add(&s->tree, "</a:p><a:p>");
    if (b->detail) add_run(&s->tree, b->detail, size, false, "666666");
    if (b->detail && b->shape) add_run(&s->tree, "  ", size, false, "666666");
    if (b->shape) add_run(&s->tree, b->shape, size, false, "0072B2");
    rni_str_add(&s->tree, "</a:p></p:txBody></p:sp>");
}

static void add_drawing(rni_deck *d, const char *title, const rni_document_block *b)
{
    const rni_drawing *g = &b->drawing;
    const double scale = fmin(1.3, fmin(BODY_WIDTH / g->width, BODY_HEIGHT / g->height));
    slide s;
    begin(&s, d, title, b->title);
    for (int64_t i = 0; i < g->n; i++)
        for (int64_t k = 0; k < g->box[i].n_inputs; k++) add_wire(&s, g, g->box[i].input[k], i, scale);
    for (int64_t i = 0; i < g->n; i++) add_box(&s, &g->box[i], scale);
    end(&s);
}

/* Lines of the note, as paragraphs. */
static void add_lines(rni_deck *d, const char *title, const rni_document_block *b)
{
    const char *line = b->note;
    while (line && *line) {
        slide s;
        begin(&s, d, title, b->title);
        begin_text(&s, LEFT, TOP, BODY_WIDTH, BODY_HEIGHT);
        for (int i = 0; i < LINES_MAX && *line; i++) {
            const size_t n = strcspn(line, "\n");
            char *text = rni_strndup(line, (int64_t)n);
            rni_str_add(&s.tree, "<a:p><a:pPr><a:spcAft><a:spcPts val=\"600\"/></a:spcAft></a:pPr>");
            add_run(&s.tree, text, 1400, false, "222222");
            rni_str_add(&s.tree, "</a:p>");
            rni_free(text);
            line += n + (line[n] == '\n');
        }
        end_text(&s);
        end(&s);
    }
}

static void add_title(rni_deck *d, const rni_document *r)
{
    slide s;
    begin(&s, d, NULL, NULL);
    add_text(&s, LEFT, 250, BODY_WIDTH, 70, r->title, 4400, true, "222222", "l");
    add_text(&s, LEFT, 330, BODY_WIDTH, 40, r->subtitle, 2000, false, "444444", "l");
    add_text(&s, LEFT, 376, BODY_WIDTH, 30, r->date, 1400, false, "666666", "l");
    end(&s);
}

bool rni_document_write_pptx(const rni_document *r, const char *path)
{
    rni_deck d = { 0 };
    add_title(&d, r);
    for (int64_t i = 0; i < r->n; i++)
        for (int64_t k = 0; k < r->section[i].n; k++) {
            const rni_document_block *b = &r->section[i].block[k];
            const char *title = r->section[i].title;
            if (b->type == RNI_BLOCK_TEXT || b->type == RNI_BLOCK_LIST) add_lines(&d, title, b);
            if (b->type == RNI_BLOCK_TABLE) add_table(&d, title, b);
            if (b->type == RNI_BLOCK_PLOT) add_plot(&d, title, b);
            if (b->type == RNI_BLOCK_SHOTS) add_shots(&d, title, b);
            if (b->type == RNI_BLOCK_DRAWING) add_drawing(&d, title, b);
        }
    rni_deck_frame(&d, r);
    const bool ok = rn_ok() && rni_zip_write(path, d.part, d.n, true);
    rni_str_free(&d.types);
    rni_free(d.part);
    rni_document_free(&d.own);
    return ok;
}
