#include "texts/words.h"

#include <ctype.h>

const struct word words_all[] = {
#define WORD(word, meaning) { word, meaning, false },
#define PLAIN(word, meaning) { word, meaning, true },
#include "texts/words.def"
#undef PLAIN
#undef WORD
	{ NULL, NULL, false },
};

/* Of a path, an option or another word: not the word itself. */
static bool joins(char c)
{
	return isalnum((unsigned char)c) || (c && strchr("/.-_@", c));
}

bool words_stands_in(const char *word, const char *text)
{
	size_t len = strlen(word);

	for (const char *s = text; (s = strstr(s, word)) != NULL; s++)
		if ((s == text || !joins(s[-1])) && !joins(s[len]))
			return true;
	return false;
}
