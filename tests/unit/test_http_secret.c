/* What was sent is masked: as it was, decoded, escaped, in base64; everything else stays. */
#include "unit.h"

#include "fetch/http_secret.h"

static void assert_masked(struct http_secrets *s, const char *text, const char *want)
{
	struct buf b = BUF_INIT;

	buf_addstr(&b, text);
	http_secrets_mask(s, &b);
	assert_string_equal(b.data, want);
	buf_release(&b);
}

static void release(struct http_secrets *s)
{
	for (size_t i = 0; i < s->list.n; i++)
		free(s->list.items[i].text);
	vec_release(&s->list);
}

static void test_url(void **state)
{
	struct http_secrets s = { .mutex = PTHREAD_MUTEX_INITIALIZER };

	(void)state;
	http_secrets_add_url(&s,
			     "https://me:hun%2Fter2@h.test/p?token=abcd%20e&n=1&flag#token=frag");
	assert_masked(&s, "hun%2Fter2, hun/ter2, abcd e and abcd%20e of me at h.test",
		      "xxxxx, xxxxx, xxxxx and xxxxx of me at h.test");
	assert_masked(&s, "n=1 flag frag", "n=1 flag frag");
	http_secrets_add_url(&s, "https://lonetoken@h.test");
	assert_masked(&s, "lonetokenlonetoken", "xxxxxxxxxx");
	http_secrets_add_url(&s, "https://colon-only:@h.test");
	assert_masked(&s, "colon-only", "xxxxx");
	http_secrets_add_url(&s, "https://u:100%25%@h.test/?key=end%2&token=%zz%4x%41bcd");
	assert_masked(&s, "100%% end%2 %zz%4xAbcd 100%25%", "xxxxx xxxxx xxxxx xxxxx");
	http_secrets_add_url(&s, "no URL");
	http_secrets_add_url(&s, "");
	release(&s);
}

static void test_login(void **state)
{
	struct http_secrets s = { .mutex = PTHREAD_MUTEX_INITIALIZER };
	struct err e = ERR_INIT;
	char *text = NULL;

	(void)state;
	http_secrets_add_login(&s, NULL, NULL);
	http_secrets_add_login(&s, "me", "p@ss word");
	http_secrets_add_login(&s, "me", "p@ss word and more");
	/* echo -n 'me:p@ss word' | base64 */
	assert_masked(&s, "Basic bWU6cEBzcyB3b3Jk", "Basic xxxxx");
	assert_masked(&s, "p%40ss%20word, p@ss word and more, me", "xxxxx, xxxxx, me");
	http_secrets_add_login(&s, "lone user", "");
	http_secrets_add_login(&s, NULL, "no-Body~7");
	/* echo -n ':no-Body~7' | base64 */
	assert_masked(&s, "lone user lone%20user no-Body~7 Om5vLUJvZHl+Nw",
		      "xxxxx xxxxx xxxxx xxxxx");
	http_secrets_add_login(&s, "a", "b"); /* too short to hide anything */
	assert_masked(&s, "a b", "a b");
	err_set(&e, ERR_NETWORK, "said p@ss word");
	http_secrets_mask_err(&s, &e);
	assert_string_equal(e.text, "said xxxxx");
	err_release(&e);
	http_secrets_mask_err(&s, &e);
	http_secrets_mask_text(&s, &text);
	assert_null(text);
	release(&s);
}

/* The value of a query may be an ordinary word. */
static void test_certain(void **state)
{
	struct http_secrets s = { .mutex = PTHREAD_MUTEX_INITIALIZER };
	struct buf b = BUF_INIT;

	(void)state;
	http_secrets_add_url(
		&s, "https://me:passw0rd@h.test/x?cached=true&X-Amz-Signature=0123abcd&mode=fast");
	buf_addstr(&b, "true, fast: passw0rd 0123abcd");
	http_secrets_mask_certain(&s, &b);
	assert_string_equal(b.data, "true, fast: xxxxx xxxxx");
	http_secrets_mask(&s, &b);
	assert_string_equal(b.data, "xxxxx, xxxxx: xxxxx xxxxx");
	buf_clear(&b);
	http_secrets_add_login(&s, "me", "fast"); /* now it is a password */
	buf_addstr(&b, "true, fast");
	http_secrets_mask_certain(&s, &b);
	assert_string_equal(b.data, "true, xxxxx");
	buf_release(&b);
	release(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_url),
					    cmocka_unit_test(test_certain),
					    cmocka_unit_test(test_login) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
