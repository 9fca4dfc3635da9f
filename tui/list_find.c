#include <ctype.h>

#include "list.h"

static bool same(char a, char b, bool exact)
{
	return exact ? a == b : tolower((unsigned char)a) == tolower((unsigned char)b);
}

static bool has_upper(const char *s)
{
	while (*s && !isupper((unsigned char)*s))
		s++;
	return *s != '\0';
}

static bool shows(const struct line *l, const char *text)
{
	size_t n = strlen(text), len = l->text.len;
	bool exact = has_upper(text);

	for (size_t at = 0; at + n <= len; at++) {
		size_t k = 0;

		while (k < n && same(l->text.data[at + k], text[k], exact))
			k++;
		if (k == n)
			return true;
	}
	return false;
}

static bool row_shows(struct list *l, size_t row, const char *text)
{
	bool found = false;

	for (unsigned c = 0; c < l->n_columns && !found; c++) {
		struct line cell = LINE_INIT;

		l->ops->cell(l->ctx, row, c, &cell);
		found = shows(&cell, text);
		line_release(&cell);
	}
	return found;
}

bool list_find(struct list *l, const char *text, int dir, bool here)
{
	size_t n = list_count(l);

	for (size_t i = here ? 0 : 1; i < n + !here; i++) {
		size_t at = (l->cursor + (dir > 0 ? i : n - i % n)) % n;
		size_t row = list_row_at(l, at);

		if (row_shows(l, row, text) && list_go(l, row))
			return true;
	}
	return false;
}
