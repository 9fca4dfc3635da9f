/*
 * git_tls.h - libgit2 starts without reading the system's certificates.
 *
 * libgit2 on mbedTLS parses all of them when it is initialised, which takes longer than most questions to it. Its own https is never used: libcurl carries it (githost.h).
 * The program exports mbedTLS's function of that name (configure sets the linker's flag), so the dynamic linker gives it to libgit2. Without such a linker,
 * or with another TLS library, nothing changes.
 */
#ifndef MODSCOPE_GIT_TLS_H
#define MODSCOPE_GIT_TLS_H

/* git_libgit2_init, without certificates; its result. */
int git_tls_init(int (*init)(void));
/* Fails during git_tls_init; at any other time it is mbedTLS's, for whatever library calls it. */
int mbedtls_x509_crt_parse_file(void *chain, const char *path);

#endif
