/* libgit2 on mbedTLS reads no certificates when it starts, and does so when it is told to. */
#include "tmpdir.h"

#include <git2.h>

#include "git/git_lib.h"
#include "git/git_tls.h"

static int code_of_init;

static int init(void)
{
	code_of_init = mbedtls_x509_crt_parse_file(NULL, "/etc/ssl/certs/ca-certificates.crt");
	return 7;
}

static void at_start(void **state)
{
	(void)state;
	assert_int_equal(git_tls_init(init), 7);
	assert_true(code_of_init < 0);
	/* this program is not linked with the other function, and must not call itself */
	assert_true(mbedtls_x509_crt_parse_file(NULL, "/none") < 0);
}

static void later(void **state)
{
	const struct git_lib *git = git_lib_get(NULL);
	const char *file = tmp_path("ca.pem");

	(void)state;
	if (!git) {
		print_message("SKIPPED: libgit2 cannot be loaded\n");
		skip();
	}
	assert_true(git->libgit2_opts(GIT_OPT_SET_SSL_CERT_LOCATIONS, file, NULL) < 0);
	tmp_write("ca.pem", "-----BEGIN CERTIFICATE-----\n"
			    "MIIBbzCCARWgAwIBAgIUQaRT9n2n4TTgL+FN75E8ls//v+QwCgYIKoZIzj0EAwIw\n"
			    "DDEKMAgGA1UEAwwBdDAgFw0yNjExMjkyMzMxMDNaGA8yMTI2MTEwNTIzMzEwM1ow\n"
			    "DDEKMAgGA1UEAwwBdDBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABAy4ZZd6n6M2\n"
			    "qHL8iqLYbhZsf3GW+j8q5d+fJlDflbzWZvJSsRU2jaPMFM6dCElMyMBTgehUH+QX\n"
			    "PwQ4aYErCUKjUzBRMB0GA1UdDgQWBBQmr8K8BxHtN5pjPFEMC0VK3AqD1DAfBgNV\n"
			    "HSMEGDAWgBQmr8K8BxHtN5pjPFEMC0VK3AqD1DAPBgNVHRMBAf8EBTADAQH/MAoG\n"
			    "CCqGSM49BAMCA0gAMEUCIQCiJO6caKlDY1w5Er/EI9K8jGJtYEBkNUH1ssw39QYX\n"
			    "XwIgIH5E8WP6UoGHpdbnjo3gFh0dHCJr7iwfijY0ijcknWc=\n"
			    "-----END CERTIFICATE-----\n");
	assert_int_equal(git->libgit2_opts(GIT_OPT_SET_SSL_CERT_LOCATIONS, file, NULL), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(at_start), cmocka_unit_test(later) };

	return cmocka_run_group_tests(tests, tmp_setup, tmp_teardown);
}
