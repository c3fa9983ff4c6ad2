/* Charts of slides, which can be edited: their numbers are in a workbook beside them. */
#include "base/alloc.h"
#include "base/number.h"
#include "report/pptx.h"

#include <math.h>

enum { SERIES_MAX = 13 }; /* two columns each: A … Z */

static void add_number(rni_str *to, double v)
{
    char text[RNI_NUMBER_TEXT];
    rni_str_add(to, rni_format_f64(v, text));
}

static void add_cell(rni_str *to, int column, int64_t row, double v)
{
    if (!isfinite(v)) return;
    rni_str_addf(to, "<c r=\"%c%lld\"><v>", 'A' + column, (long long)row);
    add_number(to, v);
    rni_str_add(to, "</v></c>");
}

static void add_name(rni_str *to, int column, const char *name)
{
    rni_str_addf(to, "<c r=\"%c1\" t=\"inlineStr\"><is><t>", 'A' + column);
    rni_xml_text(to, name);
    rni_str_add(to, "</t></is></c>");
}

static rni_str sheet(const rni_plot *p)
{
    rni_str s = { 0 };
    int64_t rows = 0;
    rni_str_add(&s, RNI_XML "<worksheet xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\"><sheetData>"
                            "<row r=\"1\">");
    for (int k = 0; k < p->n && k < SERIES_MAX; k++) {
        add_name(&s, 2 * k, p->x_title);
        add_name(&s, 2 * k + 1, p->series[k].name);
        if (p->series[k].count > rows) rows = p->series[k].count;
    }
    rni_str_add(&s, "</row>");
    for (int64_t i = 0; i < rows; i++) {
        rni_str_addf(&s, "<row r=\"%lld\">", (long long)i + 2);
        for (int k = 0; k < p->n && k < SERIES_MAX; k++) {
            if (i >= p->series[k].count) continue;
            add_cell(&s, 2 * k, i + 2, p->series[k].x[i]);
            add_cell(&s, 2 * k + 1, i + 2, p->series[k].y[i]);
        }
        rni_str_add(&s, "</row>");
    }
    rni_str_add(&s, "</sheetData></worksheet>");
    return s;
}

static bool workbook(const rni_plot *p, void **out, int64_t *n)
{
    static const char types[] =
        RNI_XML "<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\">"
                "<Default Extension=\"rels\" ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/>"
                "<Override PartName=\"/xl/workbook.xml\" ContentType=\"application/"
                "vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml\"/>"
                "<Override PartName=\"/xl/worksheets/sheet1.xml\" ContentType=\"application/"
                "vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml\"/></Types>";
    static const char top[] = RNI_XML RNI_RELATIONS "<Relationship Id=\"rId1\" Type=\"" RNI_OFFICE
                                                    "/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>";
    static const char book[] =
        RNI_XML "<workbook xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\" xmlns:r=\"" RNI_OFFICE
                "\"><sheets><sheet name=\"Sheet1\" sheetId=\"1\" r:id=\"rId1\"/></sheets></workbook>";
    static const char sheets[] =
        RNI_XML RNI_RELATIONS "<Relationship Id=\"rId1\" Type=\"" RNI_OFFICE
                              "/worksheet\" Target=\"worksheets/sheet1.xml\"/></Relationships>";
    rni_str s = sheet(p);
    const rni_zip_input parts[] = {
        { .name = "[Content_Types].xml", .data = types, .data_bytes = sizeof types - 1 },
        { .name = "_rels/.rels", .data = top, .data_bytes = sizeof top - 1 },
        { .name = "xl/workbook.xml", .data = book, .data_bytes = sizeof book - 1 },
        { .name = "xl/_rels/workbook.xml.rels", .data = sheets, .data_bytes = sizeof sheets - 1 },
        { .name = "xl/worksheets/sheet1.xml", .data = s.at, .data_bytes = s.length },
    };
    const bool ok = !s.failed && rni_zip_pack(parts, RN_COUNTOF(parts), true, out, n);
    rni_str_free(&s);
    return ok;
}

/* The numbers of a series as the chart shows them before anybody opens the workbook. */
static void add_values(rni_str *to, const char *what, int column, int64_t n, const double *v)
{
    rni_str_addf(to,
                 "<c:%s><c:numRef><c:f>Sheet1!$%c$2:$%c$%lld</c:f><c:numCache><c:formatCode>General</c:formatCode>"
                 "<c:ptCount val=\"%lld\"/>",
                 what, 'A' + column, 'A' + column, (long long)n + 1, (long long)n);
    for (int64_t i = 0; i < n; i++) {
        if (!isfinite(v[i])) continue;
        rni_str_addf(to, "<c:pt idx=\"%lld\"><c:v>", (long long)i);
        add_number(to, v[i]);
        rni_str_add(to, "</c:v></c:pt>");
    }
    rni_str_addf(to, "</c:numCache></c:numRef></c:%s>", what);
}

static void add_series(rni_str *to, int k, const rni_series *s)
{
    const char *colour = rni_document_colour(k);
    rni_str_addf(to,
                 "<c:ser><c:idx val=\"%d\"/><c:order val=\"%d\"/><c:tx><c:strRef><c:f>Sheet1!$%c$1</c:f><c:strCache>"
                 "<c:ptCount val=\"1\"/><c:pt idx=\"0\"><c:v>",
                 k, k, 'B' + 2 * k);
    rni_xml_text(to, s->name);
    rni_str_addf(
        to,
        "</c:v></c:pt></c:strCache></c:strRef></c:tx><c:spPr><a:ln w=\"22225\"><a:solidFill><a:srgbClr "
        "val=\"%s\"/></a:solidFill></a:ln></c:spPr><c:marker><c:symbol val=\"circle\"/><c:size val=\"4\"/>"
        "<c:spPr><a:solidFill><a:srgbClr val=\"%s\"/></a:solidFill><a:ln><a:noFill/></a:ln></c:spPr></c:marker>",
        colour, colour);
    add_values(to, "xVal", 2 * k, s->count, s->x);
    add_values(to, "yVal", 2 * k + 1, s->count, s->y);
    rni_str_add(to, "<c:smooth val=\"0\"/></c:ser>");
}

/* As rni_chart decides it. */
static bool is_logarithmic(const rni_plot *p)
{
    double low = INFINITY, high = -INFINITY;
    for (int k = 0; k < p->n; k++)
        for (int64_t i = 0; i < p->series[k].count; i++) {
            if (!isfinite(p->series[k].y[i])) continue;
            low = fmin(low, p->series[k].y[i]);
            high = fmax(high, p->series[k].y[i]);
        }
    return low > 0 && high / low > 20;
}

static void add_axis(rni_str *to, int id, const char *place, bool logarithmic, const char *title)
{
    rni_str_addf(to,
                 "<c:valAx><c:axId val=\"%d\"/><c:scaling>%s<c:orientation val=\"minMax\"/></c:scaling><c:delete "
                 "val=\"0\"/><c:axPos val=\"%s\"/>",
                 id, logarithmic ? "<c:logBase val=\"10\"/>" : "", place);
    if (!title)
        rni_str_add(to, "<c:majorGridlines><c:spPr><a:ln w=\"6350\"><a:solidFill><a:srgbClr val=\"DDDDDD\"/>"
                        "</a:solidFill></a:ln></c:spPr></c:majorGridlines>");
    if (title) {
        rni_str_add(to, "<c:title><c:tx><c:rich><a:bodyPr/><a:p><a:pPr><a:defRPr sz=\"1200\" b=\"0\"/></a:pPr><a:r>"
                        "<a:rPr lang=\"en\" sz=\"1200\" b=\"0\"/><a:t>");
        rni_xml_text(to, title);
        rni_str_add(to, "</a:t></a:r></a:p></c:rich></c:tx><c:overlay val=\"0\"/></c:title>");
    }
    rni_str_addf(to,
                 "<c:numFmt formatCode=\"General\" sourceLinked=\"0\"/><c:majorTickMark val=\"out\"/><c:minorTickMark "
                 "val=\"none\"/><c:tickLblPos val=\"%s\"/><c:crossAx val=\"%d\"/><c:crosses val=\"%s\"/></c:valAx>",
                 "low", 3 - id, logarithmic || id == 2 ? "min" : "autoZero");
}

int rni_deck_chart(rni_deck *d, const rni_plot *p)
{
    rni_str s = { 0 };
    const int number = ++d->charts;
    rni_str_add(&s, RNI_XML "<c:chartSpace xmlns:c=\"http://schemas.openxmlformats.org/drawingml/2006/chart\" xmlns:a="
                            "\"" RNI_DRAWING_NS "\" xmlns:r=\"" RNI_OFFICE "\"><c:roundedCorners val=\"0\"/><c:chart>"
                            "<c:autoTitleDeleted val=\"1\"/><c:plotArea><c:layout/><c:scatterChart><c:scatterStyle "
                            "val=\"lineMarker\"/><c:varyColors val=\"0\"/>");
    for (int k = 0; k < p->n && k < SERIES_MAX; k++) add_series(&s, k, &p->series[k]);
    rni_str_add(&s, "<c:axId val=\"1\"/><c:axId val=\"2\"/></c:scatterChart>");
    add_axis(&s, 1, "b", false, p->x_title);
    add_axis(&s, 2, "l", is_logarithmic(p), NULL);
    rni_str_add(&s, "</c:plotArea><c:legend><c:legendPos val=\"r\"/><c:overlay val=\"0\"/></c:legend><c:plotVisOnly "
                    "val=\"1\"/><c:dispBlanksAs val=\"gap\"/></c:chart><c:txPr><a:bodyPr/><a:p><a:pPr><a:defRPr "
                    "sz=\"1200\"/></a:pPr><a:endParaRPr lang=\"en\"/></a:p></c:txPr><c:externalData r:id=\"rId1\">"
                    "<c:autoUpdate val=\"0\"/></c:externalData></c:chartSpace>");
    rni_deck_add(d, &s, "ppt/charts/chart%d.xml", number);
    rni_str_addf(&s,
                 RNI_XML RNI_RELATIONS "<Relationship Id=\"rId1\" Type=\"" RNI_OFFICE
                                       "/package\" Target=\"../embeddings/chart%d.xlsx\"/></Relationships>",
                 number);
    rni_deck_add(d, &s, "ppt/charts/_rels/chart%d.xml.rels", number);
    rni_str_addf(&d->types,
                 "<Override PartName=\"/ppt/charts/chart%d.xml\" ContentType=\"application/"
                 "vnd.openxmlformats-officedocument.drawingml.chart+xml\"/>",
                 number);
    void *bytes = NULL;
    int64_t n = 0;
    if (workbook(p, &bytes, &n)) {
        char name[64];
        snprintf(name, sizeof name, "ppt/embeddings/chart%d.xlsx", number);
        rni_deck_add_bytes(d, rni_document_own(&d->own, bytes), n, name);
    }
    return number;
}
