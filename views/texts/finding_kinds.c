#include "texts/finding_kinds.h"

const struct finding_kind finding_kinds[] = {
#define FINDING(kind, what, why, remedy) { kind, what, why, remedy },
#include "texts/finding_kinds.def"
#undef FINDING
	{ NULL, NULL, NULL, NULL },
};

const char *finding_kinds_at(size_t i)
{
	return i < ARRAY_LEN(finding_kinds) ? finding_kinds[i].kind : NULL;
}

const struct finding_kind *finding_kind(const char *kind)
{
	for (const struct finding_kind *k = finding_kinds; k->kind; k++)
		if (str_eq(k->kind, kind))
			return k;
	return NULL;
}
