/* Reports: what a document holds, and that pages and slides made of it are well-formed and whole. */
#include "test.h"

#include "base/alloc.h"
#include "base/file.h"
#include "io/codec.h"
#include "report/report.h"

#include <math.h>

/* Tags that close in their order, entities, and no character that XML does not have. */
static bool is_well_formed(const char *xml)
{
    const char *open[64];
    int depth = 0;
    for (const char *at = xml; *at; at++) {
        if (*at == '&' && strncmp(at, "&amp;", 5) != 0 && strncmp(at, "&lt;", 4) != 0 && strncmp(at, "&gt;", 4) != 0 &&
            strncmp(at, "&quot;", 6) != 0 && strncmp(at, "&#39;", 5) != 0)
            return false;
        if ((unsigned char)*at < ' ' && *at != '\n' && *at != '\t') return false;
        if (*at != '<') continue;
        const char *end = strchr(at, '>');
        if (!end) return false;
        const size_t n = strcspn(at + 1, " />\n");
        if (at[1] == '/') {
            const char *name = at + 2;
            if (depth == 0 || strncmp(open[--depth], name, strcspn(name, ">")) != 0) return false;
        } else if (at[1] != '?' && end[-1] != '/') {
            if (depth == 64 || n == 0) return false;
            open[depth++] = at + 1;
        }
        at = end;
    }
    return depth == 0;
}

static void add_drawing(rni_document *r, rni_section *s)
{
    static int64_t inputs[5][2] = { { 0 }, { 0 }, { 1 }, { 1, 2 }, { 3, 0 } };
    static const int64_t counts[5] = { 0, 1, 1, 2, 2 };
    rni_box *box = rni_document_alloc(r, 5 * (int64_t)sizeof *box);
    for (int i = 0; i < 5; i++)
        box[i] = (rni_box){ .name = "layer <&>", .detail = "type", .n_inputs = counts[i], .input = inputs[i] };
    box[2].unit = true;
    rni_document_block *b = rni_document_add(r, s, RNI_BLOCK_DRAWING, "drawing");
    b->drawing = (rni_drawing){ .n = 5, .box = box };
    rni_drawing_lay_out(&b->drawing, 1.8);
}

static void add_shot(rni_document *r, rni_section *s)
{
    uint8_t pixels[6] = { 0, 50, 100, 150, 200, 250 };
    const rni_image image = { .width = 3, .height = 2, .channels = 1, .bits = 8, .pixels = pixels };
    rni_shot *shot = rni_document_alloc(r, (int64_t)sizeof *shot);
    CHECK(rni_png_encode(&image, &shot->png, &shot->bytes));
    CHECK(rni_document_own(r, shot->png));
    shot->width = 3;
    shot->height = 2;
    shot->caption = "\"cat\" & 'dog'";
    rni_document_add(r, s, RNI_BLOCK_SHOTS, "pictures")->shots = (rni_shots){ 1, shot };
}

/* One block of each type, with texts that nobody should write as they are. */
static rni_document every_block(void)
{
    static const double x[3] = { 1, 2, 3 }, y[3] = { 0.5, NAN, 1e-9 };
    static rni_series series[2] = { { "a<b", 3, x, y }, { "none", 0, x, y } };
    rni_document r = { 0 };
    r.title = rni_document_text(&r, "%s", "</title><script>alert(1)</script>\x01");
    r.subtitle = "s";
    r.date = "2026";
    rni_section *s = rni_document_section(&r, "One & two");
    rni_table *t = rni_document_table(&r, s, "table", 60, 3);
    for (int64_t row = 0; row < 60; row++)
        for (int64_t c = 0; c < 3; c++) rni_document_cell(&r, t, row, c, row && c ? "%lld" : "<%lld>", (long long)row);
    rni_document_add(&r, s, RNI_BLOCK_LIST, NULL)->note = "first\nsecond <b>\n";
    rni_document_add(&r, s, RNI_BLOCK_TEXT, "text")->note = "note";
    rni_document_add(&r, s, RNI_BLOCK_PLOT, "plot")->plot = (rni_plot){ "epoch", 2, series };
    add_drawing(&r, s);
    add_shot(&r, s);
    CHECK_OK();
    return r;
}

static int count_of(const char *text, const char *what)
{
    int n = 0;
    for (; (text = strstr(text, what)); text += strlen(what)) n++;
    return n;
}

RN_TEST(a_page_escapes_what_it_is_given)
{
    rni_document r = every_block();
    void *page = NULL;
    int64_t n = 0;
    CHECK(rni_document_write_html(&r, test_path("r.html")));
    CHECK(rni_file_read(test_path("r.html"), 1 << 20, &page, &n));
    const char *at = page;
    CHECK(strstr(at, "&lt;script&gt;") && !strstr(at, "<script"));
    CHECK(!strchr(at, '\x01'));
    CHECK_EQ_I64(count_of(at, "<tr>"), 60);
    CHECK_EQ_I64(count_of(at, "<li>"), 2);
    CHECK_EQ_I64(count_of(at, "data:image/png;base64,iVBOR"), 1);
    rni_free(page);
    rni_document_free(&r);
}

RN_TEST(slides_are_whole_and_the_same_twice)
{
    rni_document r = every_block();
    void *file[2] = { 0 };
    int64_t n[2] = { 0 };
    for (int i = 0; i < 2; i++) {
        CHECK(rni_document_write_pptx(&r, test_path("r.pptx")));
        CHECK(rni_file_read(test_path("r.pptx"), 1 << 20, &file[i], &n[i]));
    }
    CHECK(n[0] == n[1] && memcmp(file[0], file[1], (size_t)n[0]) == 0);
    rni_zip *zip = rni_zip_open_bytes(file[0], n[0]);
    CHECK(zip != NULL);
    int64_t size, slides = 0;
    rni_zip_member m;
    for (int64_t i = 0; i < rni_zip_count(zip); i++) {
        CHECK(rni_zip_member_at(zip, i, &m));
        void *part = NULL;
        CHECK(rni_zip_read(zip, i, &part, &size));
        const bool xml = rni_path_has_extension(m.name, ".xml") || rni_path_has_extension(m.name, ".rels");
        if (xml && !is_well_formed(part)) test_failed(__FILE__, __LINE__, "%s: %.300s", m.name, (char *)part);
        slides += strncmp(m.name, "ppt/slides/slide", 16) == 0;
        if (strcmp(m.name, "ppt/charts/chart1.xml") == 0) CHECK_EQ_I64(count_of(part, "<c:ser>"), 2);
        if (strcmp(m.name, "[Content_Types].xml") == 0) CHECK_EQ_I64(count_of(part, "/ppt/slides/slide"), 10);
        rni_free(part);
    }
    CHECK_EQ_I64(slides, 10); /* the title, four of the table, and one of each other block */
    rni_zip_close(zip);
    rni_free(file[0]);
    rni_free(file[1]);
    rni_document_free(&r);
}

RN_TEST(boxes_do_not_lie_upon_each_other)
{
    enum { N = 60 };
    rni_box box[N] = { 0 };
    int64_t input[N];
    for (int64_t i = 0; i < N; i++) {
        input[i] = i % 3 == 2 ? i - 2 : i - 1;
        box[i] = (rni_box){ .n_inputs = i > 0, .input = &input[i] };
    }
    rni_drawing d = { .n = N, .box = box };
    rni_drawing_lay_out(&d, 1.8);
    for (int i = 0; i < N; i++) {
        CHECK(box[i].x >= 0 && box[i].x + RNI_BOX_WIDTH <= d.width);
        CHECK(box[i].y >= 0 && box[i].y + RNI_BOX_HEIGHT <= d.height);
        for (int k = 0; k < i; k++)
            CHECK(fabs(box[i].x - box[k].x) >= RNI_BOX_WIDTH || fabs(box[i].y - box[k].y) >= RNI_BOX_HEIGHT);
    }
}

RN_TEST(whole_numbers_have_their_thousands_apart)
{
    static const struct {
        double n;
        const char *text;
    } rows[] = { { 0, "0" }, { 999, "999" }, { 1000, "1,000" }, { -1234567, "-1,234,567" }, { 431080, "431,080" } };
    rni_document r = { 0 };
    for (size_t i = 0; i < RN_COUNTOF(rows); i++) CHECK_EQ_STR(rni_document_count(&r, rows[i].n), rows[i].text);
    rni_document_free(&r);
}
