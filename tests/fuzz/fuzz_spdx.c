/* Any bytes as an SPDX expression and as the text of a licence. What is recognised is an expression, and satisfied if all is allowed. */
#include "audit/licence.h"
#include "audit/spdx.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool holds)
{
	if (!holds)
		__builtin_trap();
}

static bool all(void *ctx, const char *id)
{
	size_t *asked = ctx;

	check(*id != '\0' && spdx_same_id(id, id));
	(*asked)++;
	return true;
}

static bool none(void *ctx, const char *id)
{
	(void)ctx;
	(void)id;
	return false;
}

static void expression(const char *text)
{
	size_t asked = 0;
	bool valid = spdx_is_valid(text), with_all = spdx_satisfied(text, all, &asked);

	check(with_all == valid);
	check(!valid || asked > 0);
	check(!spdx_satisfied(text, none, NULL));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct buf b = BUF_INIT, text = BUF_INIT;
	size_t len;

	buf_add(&text, data, size);
	expression(text.data);
	licence_is_file(text.data);
	if (licence_add(&b, (const char *)data, size)) {
		check(spdx_is_valid(b.data));
		len = b.len;
		check(licence_add(&b, (const char *)data, size) && b.len == len); /* each once */
	} else {
		check(b.len == 0);
	}
	buf_release(&b);
	buf_release(&text);
	return 0;
}
