/* What a presentation has besides its slides: theme, master, layout, properties, the list of all. */
#include "base/alloc.h"
#include "report/pptx.h"

#define MAIN "http://schemas.openxmlformats.org/presentationml/2006/main"
#define SPACES "xmlns:a=\"" RNI_DRAWING_NS "\" xmlns:r=\"" RNI_OFFICE "\" xmlns:p=\"" MAIN "\""
#define EMPTY_TREE                                                                                                     \
    "<p:cSld><p:bg><p:bgPr><a:solidFill><a:srgbClr val=\"FFFFFF\"/></a:solidFill><a:effectLst/></p:bgPr></p:bg>"       \
    "<p:spTree><p:nvGrpSpPr><p:cNvPr id=\"1\" name=\"\"/><p:cNvGrpSpPr/><p:nvPr/></p:nvGrpSpPr><p:grpSpPr/>"           \
    "</p:spTree></p:cSld>"

static void add_text(rni_deck *d, const char *name, const char *text)
{
    rni_str s = { 0 };
    rni_str_add(&s, text);
    rni_deck_add(d, &s, "%s", name);
}

static void add_theme(rni_deck *d)
{
    static const char *const colours[][2] = {
        { "dk1", "222222" },     { "lt1", "FFFFFF" },     { "dk2", "444444" },     { "lt2", "F4F4F4" },
        { "accent1", "0072B2" }, { "accent2", "D55E00" }, { "accent3", "009E73" }, { "accent4", "CC79A7" },
        { "accent5", "E69F00" }, { "accent6", "56B4E9" }, { "hlink", "0072B2" },   { "folHlink", "CC79A7" }
    };
    rni_str s = { 0 };
    rni_str_add(&s, RNI_XML "<a:theme xmlns:a=\"" RNI_DRAWING_NS
                            "\" name=\"Rensa\"><a:themeElements><a:clrScheme name=\"Rensa\">");
    for (size_t i = 0; i < RN_COUNTOF(colours); i++)
        rni_str_addf(&s, "<a:%s><a:srgbClr val=\"%s\"/></a:%s>", colours[i][0], colours[i][1], colours[i][0]);
    rni_str_add(&s, "</a:clrScheme><a:fontScheme name=\"Rensa\"><a:majorFont><a:latin typeface=\"Arial\"/><a:ea "
                    "typeface=\"\"/><a:cs typeface=\"\"/></a:majorFont><a:minorFont><a:latin typeface=\"Arial\"/><a:ea "
                    "typeface=\"\"/><a:cs typeface=\"\"/></a:minorFont></a:fontScheme><a:fmtScheme name=\"Rensa\">"
                    "<a:fillStyleLst>");
    for (int i = 0; i < 3; i++) rni_str_add(&s, "<a:solidFill><a:schemeClr val=\"phClr\"/></a:solidFill>");
    rni_str_add(&s, "</a:fillStyleLst><a:lnStyleLst>");
    for (int i = 0; i < 3; i++)
        rni_str_add(&s, "<a:ln w=\"9525\"><a:solidFill><a:schemeClr val=\"phClr\"/></a:solidFill></a:ln>");
    rni_str_add(&s, "</a:lnStyleLst><a:effectStyleLst>");
    for (int i = 0; i < 3; i++) rni_str_add(&s, "<a:effectStyle><a:effectLst/></a:effectStyle>");
    rni_str_add(&s, "</a:effectStyleLst><a:bgFillStyleLst>");
    for (int i = 0; i < 3; i++) rni_str_add(&s, "<a:solidFill><a:schemeClr val=\"phClr\"/></a:solidFill>");
    rni_str_add(&s, "</a:bgFillStyleLst></a:fmtScheme></a:themeElements></a:theme>");
    rni_deck_add(d, &s, "ppt/theme/theme1.xml");
}

static void add_master(rni_deck *d)
{
    add_text(d, "ppt/slideMasters/slideMaster1.xml",
             RNI_XML
             "<p:sldMaster " SPACES ">" EMPTY_TREE
             "<p:clrMap bg1=\"lt1\" tx1=\"dk1\" bg2=\"lt2\" tx2=\"dk2\" accent1=\"accent1\" accent2=\"accent2\" "
             "accent3=\"accent3\" accent4=\"accent4\" accent5=\"accent5\" accent6=\"accent6\" hlink=\"hlink\" "
             "folHlink=\"folHlink\"/><p:sldLayoutIdLst><p:sldLayoutId id=\"2147483649\" r:id=\"rId1\"/>"
             "</p:sldLayoutIdLst></p:sldMaster>");
    add_text(d, "ppt/slideMasters/_rels/slideMaster1.xml.rels",
             RNI_XML RNI_RELATIONS "<Relationship Id=\"rId1\" Type=\"" RNI_OFFICE
                                   "/slideLayout\" Target=\"../slideLayouts/slideLayout1.xml\"/><Relationship "
                                   "Id=\"rId2\" Type=\"" RNI_OFFICE
                                   "/theme\" Target=\"../theme/theme1.xml\"/></Relationships>");
    add_text(d, "ppt/slideLayouts/slideLayout1.xml",
             RNI_XML "<p:sldLayout " SPACES " type=\"blank\">" EMPTY_TREE
                     "<p:clrMapOvr><a:masterClrMapping/></p:clrMapOvr></p:sldLayout>");
    add_text(d, "ppt/slideLayouts/_rels/slideLayout1.xml.rels",
             RNI_XML RNI_RELATIONS "<Relationship Id=\"rId1\" Type=\"" RNI_OFFICE
                                   "/slideMaster\" Target=\"../slideMasters/slideMaster1.xml\"/></Relationships>");
}

static void add_presentation(rni_deck *d)
{
    rni_str s = { 0 };
    rni_str_add(&s, RNI_XML "<p:presentation " SPACES "><p:sldMasterIdLst><p:sldMasterId id=\"2147483648\" "
                            "r:id=\"rId1\"/></p:sldMasterIdLst><p:sldIdLst>");
    for (int i = 1; i <= d->slides; i++) rni_str_addf(&s, "<p:sldId id=\"%d\" r:id=\"rId%d\"/>", 255 + i, i + 2);
    rni_str_add(&s, "</p:sldIdLst><p:sldSz cx=\"12192000\" cy=\"6858000\"/><p:notesSz cx=\"6858000\" cy=\"9144000\"/>"
                    "</p:presentation>");
    rni_deck_add(d, &s, "ppt/presentation.xml");
    rni_str_add(&s, RNI_XML RNI_RELATIONS "<Relationship Id=\"rId1\" Type=\"" RNI_OFFICE
                                          "/slideMaster\" Target=\"slideMasters/slideMaster1.xml\"/><Relationship "
                                          "Id=\"rId2\" Type=\"" RNI_OFFICE "/theme\" Target=\"theme/theme1.xml\"/>");
    for (int i = 1; i <= d->slides; i++)
        rni_str_addf(&s, "<Relationship Id=\"rId%d\" Type=\"" RNI_OFFICE "/slide\" Target=\"slides/slide%d.xml\"/>",
                     i + 2, i);
    rni_str_add(&s, "</Relationships>");
    rni_deck_add(d, &s, "ppt/_rels/presentation.xml.rels");
}

static void add_types(rni_deck *d)
{
    static const char office[] = "application/vnd.openxmlformats-officedocument.";
    static const char *const parts[][2] = {
        { "ppt/presentation.xml", "presentationml.presentation.main+xml" },
        { "ppt/slideMasters/slideMaster1.xml", "presentationml.slideMaster+xml" },
        { "ppt/slideLayouts/slideLayout1.xml", "presentationml.slideLayout+xml" },
        { "ppt/theme/theme1.xml", "theme+xml" },
    };
    rni_str s = { 0 };
    rni_str_addf(&s,
                 RNI_XML
                 "<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\"><Default "
                 "Extension=\"rels\" ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/>"
                 "<Default Extension=\"xml\" ContentType=\"application/xml\"/><Default Extension=\"png\" "
                 "ContentType=\"image/png\"/><Default Extension=\"xlsx\" ContentType=\"%sspreadsheetml.sheet\"/>"
                 "<Override PartName=\"/docProps/core.xml\" ContentType=\"application/"
                 "vnd.openxmlformats-package.core-properties+xml\"/>",
                 office);
    for (size_t i = 0; i < RN_COUNTOF(parts); i++)
        rni_str_addf(&s, "<Override PartName=\"/%s\" ContentType=\"%s%s\"/>", parts[i][0], office, parts[i][1]);
    for (int i = 1; i <= d->slides; i++)
        rni_str_addf(&s, "<Override PartName=\"/ppt/slides/slide%d.xml\" ContentType=\"%spresentationml.slide+xml\"/>",
                     i, office);
    rni_str_add(&s, d->types.at ? d->types.at : "");
    rni_str_add(&s, "</Types>");
    rni_deck_add(d, &s, "[Content_Types].xml");
}

void rni_deck_frame(rni_deck *d, const rni_document *r)
{
    add_types(d);
    add_text(d, "_rels/.rels",
             RNI_XML RNI_RELATIONS "<Relationship Id=\"rId1\" Type=\"" RNI_OFFICE
                                   "/officeDocument\" Target=\"ppt/presentation.xml\"/><Relationship Id=\"rId2\" "
                                   "Type=\"http://schemas.openxmlformats.org/package/2006/relationships/metadata/"
                                   "core-properties\" Target=\"docProps/core.xml\"/></Relationships>");
    rni_str s = { 0 };
    rni_str_add(&s, RNI_XML "<cp:coreProperties xmlns:cp=\"http://schemas.openxmlformats.org/package/2006/metadata/"
                            "core-properties\" xmlns:dc=\"http://purl.org/dc/elements/1.1/\"><dc:title>");
    rni_xml_text(&s, r->title);
    rni_str_add(&s, "</dc:title><dc:creator>Rensa</dc:creator></cp:coreProperties>");
    rni_deck_add(d, &s, "docProps/core.xml");
    add_presentation(d);
    add_theme(d);
    add_master(d);
}
