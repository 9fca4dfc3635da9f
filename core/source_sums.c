#include "gosum.h"
#include "modhash.h"
#include "source_impl.h"

static enum gosum_kind kind_of(const char *what)
{
	return *what ? GOSUM_MOD : GOSUM_ZIP;
}

bool check_sum_known(struct source *s, struct modver m, const char *what, struct err *e)
{
	if (!s->sums || !s->sums_must_exist || gosum_have(s->sums, m, kind_of(what)))
		return true;
	if (*what)
		return err_set(e, ERR_REFUSED, "missing go.sum entry for go.mod file; to add it:\n\tgo mod download %s", m.path);
	return err_set(e, ERR_REFUSED, "missing go.sum entry");
}

bool check_sum(struct source *s, struct modver m, const char *what, const char *sum, struct err *e)
{
	enum gosum_answer answer = GOSUM_ABSENT;

	if (s->sums)
		answer = gosum_check(s->sums, m, kind_of(what), sum, e);
	if (answer != GOSUM_ABSENT)
		return answer == GOSUM_MATCH;
	if (s->sums)
		gosum_learn(s->sums, m, kind_of(what), sum);
	return true;
}

bool check_gomod(struct source *s, struct modver m, const char *data, size_t len, char sum[DIRHASH_LEN + 1], struct err *e)
{
	modhash_gomod(data, len, sum);
	return check_sum(s, m, "/go.mod", sum, e);
}
