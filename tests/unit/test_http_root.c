/* Certificates made with openssl(1), valid for a hundred years: `one` and `two` have the same subject, `leaf` is signed by `two`. What is expected is
 * what `openssl verify -CAfile` says. */
#include "unit.h"

#include <openssl/x509_vfy.h>

#include "fetch/http_root.h"
#include "zip/crypto_lib.h"

#define BEGIN "-----BEGIN CERTIFICATE-----\n"
#define END "-----END CERTIFICATE-----"

static const char one[] = BEGIN "MIIBjzCCATWgAwIBAgIUZzW8F2Ofv0fxamcuiCBboHRKIc8wCgYIKoZIzj0EAwIw\n"
				"HDELMAkGA1UECgwCZXgxDTALBgNVBAMMBHJvb3QwIBcNMjYxMTMwMTIxMjA5WhgP\n"
				"MjEyNjExMDYxMjEyMDlaMBwxCzAJBgNVBAoMAmV4MQ0wCwYDVQQDDARyb290MFkw\n"
				"EwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAExhiSJARLO/1rHM5hjHBYD1Bb4fPIv1si\n"
				"2um+tXCsWdVj0APHd/XfivYIYVDMa77pkltS4r/uVedLIzy/xv/yoaNTMFEwHQYD\n"
				"VR0OBBYEFFu2WIMfyVHPxzWOf1fU4WnvxuLYMB8GA1UdIwQYMBaAFFu2WIMfyVHP\n"
				"xzWOf1fU4WnvxuLYMA8GA1UdEwEB/wQFMAMBAf8wCgYIKoZIzj0EAwIDSAAwRQIh\n"
				"AN1x1BNLHZ3rms3ONYOoBrBx/vznk1C2Mv/dtFEnyDnzAiB680Mc0D2a+L/4YOrs\n"
				"gfGWoe0lscxlVGGLMehPXC8U9w==\n" END;

static const char two[] = BEGIN "MIIBjzCCATWgAwIBAgIUIwcmixgTdR8lEx3x7UPFYKd/xGgwCgYIKoZIzj0EAwIw\n"
				"HDELMAkGA1UECgwCZXgxDTALBgNVBAMMBHJvb3QwIBcNMjYxMTMwMTIxMjA5WhgP\n"
				"MjEyNjExMDYxMjEyMDlaMBwxCzAJBgNVBAoMAmV4MQ0wCwYDVQQDDARyb290MFkw\n"
				"EwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE9L1YPJVKBYFjb7jgkHWlAFsIyc1QZ8Vv\n"
				"qlqEo0qyWbmgcJwEC3Jh4qG2FUyIWE8q7yP36hEjnUZa9S3NtOQJxKNTMFEwHQYD\n"
				"VR0OBBYEFI02qMD26O1EmHtwagmStjlWQFSFMB8GA1UdIwQYMBaAFI02qMD26O1E\n"
				"mHtwagmStjlWQFSFMA8GA1UdEwEB/wQFMAMBAf8wCgYIKoZIzj0EAwIDSAAwRQIg\n"
				"QMS0aIdcx45iRhT+Vn9yutt6sSzj2iv5dEhVpPGoEscCIQChmlKrbYsfzZ88R+XR\n"
				"4+GpuNxIRi+0fPE0ckRl2KZuFg==\n" END;

static const char other[] = BEGIN
	"MIIBdzCCAR2gAwIBAgIUf5q9jhQpdX7hCfaWMm1fE4UxlzwwCgYIKoZIzj0EAwIw\n"
	"EDEOMAwGA1UEAwwFb3RoZXIwIBcNMjYxMTMwMTIxMjA5WhgPMjEyNjExMDYxMjEy\n"
	"MDlaMBAxDjAMBgNVBAMMBW90aGVyMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE\n"
	"guXkcpsr+WtcGGKlfbTm9iwo6YCtHuYRB5Tx/l1fn9u8bYyeJbSuaAt9D1rAIzmP\n"
	"aiVkoUCC3a3/gD3nf8NC6aNTMFEwHQYDVR0OBBYEFFDRxHP5xagj6dykbTAFt9cV\n"
	"UnLPMB8GA1UdIwQYMBaAFFDRxHP5xagj6dykbTAFt9cVUnLPMA8GA1UdEwEB/wQF\n"
	"MAMBAf8wCgYIKoZIzj0EAwIDSAAwRQIhAI7yRENlwbjnh3fQBV29xNGWl2fnEyqM\n"
	"YeSmsA2ZMN8vAiAxU1awuivazoIR43nl72J5ip5k/fFvgXzrb/fwt3tFrA==\n" END;

static const char leaf[] = BEGIN
	"MIIBcTCCARegAwIBAgIUN8ed4zCFnfgVnQQRAwxM1smKZ14wCgYIKoZIzj0EAwIw\n"
	"HDELMAkGA1UECgwCZXgxDTALBgNVBAMMBHJvb3QwIBcNMjYxMTMwMTIxMzM4WhgP\n"
	"MjEyNjA3MjkxMjEzMzhaMA8xDTALBgNVBAMMBGxlYWYwWTATBgcqhkjOPQIBBggq\n"
	"hkjOPQMBBwNCAARJt6nmSsFlUd6AANz+QYQ1TmIT1Qv4s5bhZK49jZwIDdnPqyRa\n"
	"d5usIxXrRSiw53nKF5t3NpQra6j9a0NKWRRto0IwQDAfBgNVHSMEGDAWgBSNNqjA\n"
	"9ujtRJh7cGoJkrY5VkBUhTAdBgNVHQ4EFgQUgX65bUGSEbfi0WxpTTS96VYbfk4w\n"
	"CgYIKoZIzj0EAwIDSAAwRQIgZwQ3pZ0eojRXcibJR1RFuy9+4dUz469qRUIIda5k\n"
	"zaoCIQC2EXPehDToehK6o8jAChLN5oQKWlEouAm3wmbI6uSCrg==\n" END;

static X509 *parse(const char *block)
{
	BIO *bio = BIO_new_mem_buf(block, -1);
	X509 *cert = PEM_read_bio_X509(bio, NULL, NULL, NULL);

	BIO_free(bio);
	assert_non_null(cert);
	return cert;
}

/* Whether the leaf is trusted, by several connections one after the other. */
static bool is_trusted(const char *const roots[], size_t n)
{
	struct http_root_list l = HTTP_ROOT_LIST_INIT;
	X509 *cert = parse(leaf);
	bool ok[2];

	for (size_t i = 0; i < n; i++)
		assert_true(http_root_add(&l, roots[i], strlen(roots[i])));
	for (size_t i = 0; i < ARRAY_LEN(ok); i++) {
		X509_STORE *store = X509_STORE_new();
		X509_STORE_CTX *ctx = X509_STORE_CTX_new();

		assert_true(http_root_trust(&l, store));
		assert_true(X509_STORE_CTX_init(ctx, store, cert, NULL));
		ok[i] = X509_verify_cert(ctx) == 1;
		X509_STORE_CTX_free(ctx);
		X509_STORE_free(store);
	}
	assert_int_equal(ok[0], ok[1]);
	X509_free(cert);
	http_root_release(&l);
	return ok[0];
}

static void test_trust(void **state)
{
	(void)state;
	assert_true(is_trusted((const char *[]){ two }, 1));
	assert_true(is_trusted((const char *[]){ other, one, two }, 3));
	assert_true(is_trusted((const char *[]){ two, one }, 2));
	assert_false(is_trusted((const char *[]){ one, other }, 2));
	assert_false(is_trusted(NULL, 0));
}

/* Cut at each byte, and with each byte of its head changed: in the list or not, nothing is read beyond it. */
static void test_damaged(void **state)
{
	struct http_root_list l = HTTP_ROOT_LIST_INIT;
	char block[sizeof(two)];
	size_t n = strlen(two);

	(void)state;
	for (size_t i = 0; i < n - strlen(END) - 4; i++)
		assert_false(http_root_add(&l, two, i));
	for (size_t i = strlen(BEGIN); i < 300; i++) {
		memcpy(block, two, sizeof(two));
		block[i] = block[i] == 'A' ? '/' : 'A';
		if (http_root_add(&l, block, n)) {
			const struct http_root *r = &l.list.items[l.list.n - 1];

			assert_in_range(r->subject - r->der, 1, r->len);
			assert_in_range((size_t)(r->subject - r->der) + r->subject_len, 1, r->len);
		}
	}
	http_root_release(&l);
}

static void test_not_certificates(void **state)
{
	static const char *const blocks[] = {
		"",
		BEGIN END,
		BEGIN "MAA=\n" END,
		BEGIN "!\n" END,
		BEGIN "MAMCAQA=\n" END,			      /* a number in a sequence */
		BEGIN "MIQAAAAA\n" END,			      /* a length of four bytes */
		BEGIN "Proc-Type: 4,ENCRYPTED\n\nMAA=\n" END, /* go skips blocks with headers */
	};
	struct http_root_list l = HTTP_ROOT_LIST_INIT;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(blocks); i++)
		assert_false(http_root_add(&l, blocks[i], strlen(blocks[i])));
	assert_int_equal(l.list.n, 0);
	http_root_release(&l);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_trust),
		cmocka_unit_test(test_damaged),
		cmocka_unit_test(test_not_certificates),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
