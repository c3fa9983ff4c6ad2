/* Downloads a file as data sets are: fetch URL SHA256 PATH. Data sets have checksums of files that tests do not have.
 */
#include "io/codec.h"

#include <stdio.h>

int main(int argc, char **argv)
{
    if (argc != 4) {
        fputs("usage: fetch URL SHA256 PATH\n", stderr);
        return 2;
    }
    const char *const urls[] = { argv[1] };
    rni_download(&(rni_download_args){ .urls = urls, .url_count = 1, .sha256 = argv[2], .path = argv[3] });
    return rn_report_error(stderr);
}
