/* Header and status lines as servers send them, addresses, and the media types whose body is shown: as mime.ParseMediaType and web.go say. */
#include "unit.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/un.h>

#include "fetch/http_gzip.h"
#include "fetch/http_hop.h"

static void test_values(void **state)
{
	static const struct {
		const char *line, *name, *want; /* NULL: another header */
	} rows[] = {
		{ "Age: 7\r\n", "age:", "7" },
		{ "AGE:7", "age:", "7" },
		{ "age:\t 7 \t\r\n", "age:", "7" },
		{ "Age:  \r\n", "age:", "" },
		{ "Age:", "age:", NULL },
		{ "Ages: 7\r\n", "age:", NULL },
		{ "Date: a b\r\n", "date:", "a b" },
		{ "Da", "date:", NULL },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		char *have = http_hop_value(rows[i].line, strlen(rows[i].line), rows[i].name);

		assert_string_equal(have ? have : "none", rows[i].want ? rows[i].want : "none");
		free(have);
	}
}

static void test_headers(void **state)
{
	static const char *const lines[] = {
		"Age: 1\r\n",	   "age: 2\r\n",	 "Cache-Control: public\r\n",
		"Date: today\r\n", "Retry-After: 3\r\n", "Server: s\r\n"
	};
	struct http_hop hop = { 0 };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(lines); i++)
		http_hop_header(&hop, lines[i], strlen(lines[i]));
	assert_string_equal(hop.age, "2");
	assert_string_equal(hop.cache_control, "public");
	assert_string_equal(hop.date, "today");
	assert_string_equal(hop.retry_after, "3");
	http_hop_release(&hop);
	assert_null(hop.age);
}

static void test_status(void **state)
{
	static const struct {
		const char *text, *want;
	} rows[] = {
		{ "404 Not Found\r\n", "404 Not Found" },
		{ "404 Not Found\n", "404 Not Found" },
		{ "404 Not Found", "404 Not Found" },
		{ "  404 x \r\n", "404 x " },
		{ "404\r", "404" },
		{ "", "" },
		{ "\r\n", "" },
		{ "\n", "" },
		{ "  ", "" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		char *have = http_hop_status(rows[i].text, strlen(rows[i].text));

		assert_string_equal(have, rows[i].want);
		free(have);
	}
}

static void test_addresses(void **state)
{
	static const struct {
		const char *ip, *want;
	} rows[] = {
		{ "192.0.2.1", "192.0.2.1" },
		{ "::ffff:192.0.2.1", "192.0.2.1" },
		{ "2001:db8::1", "2001:db8::1" },
		{ "::1", "::1" },
		{ "::ffff:0:0:1", "::ffff:0:0:1" },
		{ "0:1::ffff:192.0.2.1", "0:1::ffff:c000:201" },
		{ "::fffe:192.0.2.1", "::fffe:c000:201" },
	};
	char out[64];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct sockaddr_in four = { .sin_family = AF_INET };
		struct sockaddr_in6 six = { .sin6_family = AF_INET6 };

		if (inet_pton(AF_INET, rows[i].ip, &four.sin_addr) == 1)
			http_hop_address((struct sockaddr *)&four, out, sizeof(out));
		else if (inet_pton(AF_INET6, rows[i].ip, &six.sin6_addr) == 1)
			http_hop_address((struct sockaddr *)&six, out, sizeof(out));
		assert_string_equal(out, rows[i].want);
	}
	http_hop_address((struct sockaddr *)&(struct sockaddr_un){ .sun_family = AF_UNIX,
								   .sun_path = "/x" },
			 out, sizeof(out));
	assert_string_equal(out, "");
}

/* web.Response.formatErrorDetail shows text/plain in us-ascii or utf-8, which is what no charset means. */
static void test_plain_text(void **state)
{
	static const struct {
		const char *type;
		bool plain;
	} rows[] = {
		{ "text/plain", true },
		{ "TEXT/Plain", true },
		{ "text/plain; charset=utf-8", true },
		{ "text/plain;charset=UTF-8", true },
		{ "text/plain; charset=\"utf-8\"", true },
		{ "text/plain; charset=us-ascii", true },
		{ "text/plain; charset=\"US-ASCII\"; x=y", true },
		{ "text/plain; charset=latin1", false },
		{ "text/plain; charset=utf16", false },
		{ "text/plain; charset=utf-16le", false },
		{ "text/plain; charset=us-asciX", false },
		{ "text/html", false },
		{ "text/plaid", false },
		{ "text/plains", false },
		{ "", false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		if (http_hop_is_plain_text(rows[i].type) != rows[i].plain)
			fail_msg("%s", rows[i].type);
}

static void keep(int status, const char *line, struct buf *head)
{
	http_hop_keep_head(&(struct http_hop){ .status = status }, line, strlen(line), head);
}

/* The names in the case that net/http has them in; of a 4xx only. */
static void test_head(void **state)
{
	struct buf head = BUF_INIT;
	char long_line[8193];

	(void)state;
	buf_addstr(&head, "");
	keep(200, "X-A: b\r\n", &head);
	keep(399, "X-A: b\r\n", &head);
	keep(500, "X-A: b\r\n", &head);
	keep(404, "HTTP/1.1 404 Not Found\r\n", &head);
	assert_string_equal(head.data, "");
	keep(404, "x-ODD-name: Value: W\r\n", &head);
	keep(499, "HTTP\n", &head);
	keep(400, "no-End: x", &head);
	keep(404, "\r\n", &head);
	assert_string_equal(head.data, "X-Odd-Name: Value: W\nHttp\nNo-End: x\n\n");
	memset(long_line, 'x', sizeof(long_line) - 1);
	long_line[sizeof(long_line) - 1] = 0;
	for (int i = 0; i < 5; i++)
		keep(404, long_line, &head);
	assert_in_range(head.len, 3 * 8193, 32 << 10); /* 32 KiB at most */
	buf_release(&head);
}

/* gzip -n of "hello\n" */
static const char hello[] =
	"\x1f\x8b\x08\0\0\0\0\0\0\x03\xcb\x48\xcd\xc9\xc9\xe7\x02\0\x20\x30\x3a\x36\x06\0\0\0";
/* compress/gzip: members follow each other, and everything has to be one. */
static void test_gzip(void **state)
{
	static const struct {
		int members;
		const char *rest;
		size_t max;
		enum err_code code;
		const char *text; /* the error, or what comes out */
	} rows[] = {
		{ 1, "", 6, ERR_NONE, "hello\n" },
		{ 2, "", 12, ERR_NONE, "hello\nhello\n" },
		{ 1, "", 5, ERR_LIMIT, "more than the 5 bytes that are read" },
		{ 2, "", 11, ERR_LIMIT, "more than the 11 bytes that are read" },
		{ 0, "", 9, ERR_SYNTAX, "gzip: invalid header" },
		{ 1, "more than ten bytes", 9, ERR_SYNTAX, "gzip: invalid header" },
		{ 1, "x", 9, ERR_SYNTAX, "gzip: invalid header" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct buf b = BUF_INIT;
		struct err e = ERR_INIT;

		for (int k = 0; k < rows[i].members; k++)
			buf_add(&b, hello, sizeof(hello) - 1);
		buf_addstr(&b, rows[i].rest);
		assert_int_equal(http_gzip_decode(&b, rows[i].max, &e), rows[i].code == ERR_NONE);
		assert_int_equal(e.code, rows[i].code);
		assert_string_equal(e.code ? e.text : b.data, rows[i].text);
		err_release(&e);
		buf_release(&b);
	}
}

/* Much that comes out of little: it is read as far as it may be. */
static void test_gzip_bomb(void **state)
{
	/* head -c 65536 /dev/zero | gzip -n9; zeros between */
	char zeros[96] =
		"\037\213\010\0\0\0\0\0\2\377\355\301\1\1\0\0\0\200\220\376\257\356\010\012";
	struct buf b = BUF_INIT;
	struct err e = ERR_INIT;

	(void)state;
	memcpy(zeros + 87, "\152\353\216\227\327\0\0\1\0", 9);
	buf_add(&b, zeros, sizeof(zeros));
	assert_false(http_gzip_decode(&b, 100, &e));
	assert_int_equal(e.code, ERR_LIMIT);
	assert_int_equal(b.len, sizeof(zeros));
	err_release(&e);
	assert_true(http_gzip_decode(&b, 1 << 16, &e));
	assert_int_equal(b.len, 1 << 16);
	for (size_t i = 0; i < b.len; i++)
		assert_int_equal(b.data[i], 0);
	buf_release(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_values),	   cmocka_unit_test(test_headers),
		cmocka_unit_test(test_status),	   cmocka_unit_test(test_addresses),
		cmocka_unit_test(test_plain_text), cmocka_unit_test(test_head),
		cmocka_unit_test(test_gzip),	   cmocka_unit_test(test_gzip_bomb),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
