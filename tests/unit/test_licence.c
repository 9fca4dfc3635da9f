/* Licences by their texts: excerpts of the published ones, and names of files. */
#include "unit.h"

#include "audit/licence.h"

#define MIT_GRANT                                                                           \
	"Permission is hereby granted, free of charge, to any person obtaining a copy\n"    \
	"of this software and associated documentation files (the \"Software\"), to deal\n" \
	"in the Software without restriction, including without limitation the rights\n"    \
	"to use, copy, modify, merge, publish, distribute, sublicense, and/or sell\n"       \
	"copies of the Software, and to permit persons to whom the Software is\n"           \
	"furnished to do so"
#define MIT_NOTICE                                                                       \
	", subject to the following conditions:\n\nThe above copyright notice and this " \
	"permission notice shall be included in all\ncopies or substantial portions of the Software.\n"
#define BSD_BEGIN                                                                          \
	"Redistribution and use in source and binary forms, with or without\n"             \
	"modification, are permitted provided that the following conditions are met:\n\n"  \
	"1. Redistributions of source code must retain the above copyright notice, this\n" \
	"   list of conditions and the following disclaimer.\n\n"                          \
	"2. Redistributions in binary form must reproduce the above copyright notice,\n"   \
	"   this list of conditions and the following disclaimer in the documentation\n"   \
	"   and/or other materials provided with the distribution.\n\n"
#define BSD_ENDORSE                                                                 \
	"3. Neither the name of the copyright holder nor the names of its\n"        \
	"   contributors may be used to endorse or promote products derived from\n" \
	"   this software without specific prior written permission.\n\n"
#define BSD_ADVERTISE                                                                     \
	"3. All advertising materials mentioning features or use of this software must\n" \
	"   display the following acknowledgement: This product includes software\n"      \
	"   developed by the organization.\n\n"
#define ISC_GRANT                                                                    \
	"Permission to use, copy, modify, and/or distribute this software for any\n" \
	"purpose with or without fee is hereby granted"
#define WARRANTY "THE SOFTWARE IS PROVIDED \"AS IS\", WITHOUT WARRANTY OF ANY KIND.\n"

static const struct {
	const char *text, *want; /* "" if it is not known */
} texts[] = {
	{ "", "" },
	{ "All rights reserved.\n", "" },
	{ "MIT License\n", "" }, /* nothing is guessed from a name */
	{ "MIT License\n\n" MIT_GRANT MIT_NOTICE "\n" WARRANTY, "MIT" },
	{ "// " MIT_GRANT MIT_NOTICE, "MIT" },
	{ MIT_GRANT ".\n\n" WARRANTY, "MIT-0" },
	{ MIT_GRANT MIT_NOTICE "The Software shall be used for Good, not Evil.\n", "JSON" },
	{ BSD_BEGIN WARRANTY, "BSD-2-Clause" },
	{ BSD_BEGIN BSD_ENDORSE WARRANTY, "BSD-3-Clause" },
	{ BSD_BEGIN BSD_ADVERTISE BSD_ENDORSE, "BSD-4-Clause" },
	{ BSD_BEGIN
	  "The views and conclusions contained in the software and documentation are those\n"
	  "of the authors and should not be interpreted as representing official policies.\n",
	  "BSD-2-Clause-Views" },
	{ BSD_BEGIN BSD_ENDORSE
	  "NO EXPRESS OR IMPLIED LICENSES TO ANY PARTY'S PATENT RIGHTS ARE GRANTED.\n",
	  "BSD-3-Clause-Clear" },
	{ ISC_GRANT
	  ", provided that the above\ncopyright notice and this permission notice appear in all copies.\n",
	  "ISC" },
	{ ISC_GRANT ".\n", "0BSD" },
	{ "                                 Apache License\n                           Version 2.0, January 2004\n",
	  "Apache-2.0" },
	{ "Licensed under the Apache License, Version 2.0 (the \"License\");\nyou may not use this file\n",
	  "Apache-2.0" },
	{ "Mozilla Public License Version 2.0\n==================================\n\n1. Definitions\n",
	  "MPL-2.0" },
	{ "This Source Code Form is subject to the terms of the Mozilla Public License, v. 2.0.",
	  "MPL-2.0" },
	{ "                    GNU GENERAL PUBLIC LICENSE\n                       Version 2, June 1991\n",
	  "GPL-2.0-only" },
	{ "                    GNU GENERAL PUBLIC LICENSE\n                       Version 3, 29 June 2007\n",
	  "GPL-3.0-only" },
	{ "                   GNU LESSER GENERAL PUBLIC LICENSE\n                       Version 3, 29 June 2007\n",
	  "LGPL-3.0-only" },
	{ "This is free and unencumbered software released into the public domain.\n",
	  "Unlicense" },
	{ "Creative Commons Legal Code\n\nCC0 1.0 Universal\n", "CC0-1.0" },
	/* two licences of one family, one after the other, each with its own end */
	{ BSD_BEGIN BSD_ENDORSE WARRANTY "\n---\n" BSD_BEGIN WARRANTY,
	  "BSD-3-Clause AND BSD-2-Clause" },
	{ MIT_GRANT MIT_NOTICE WARRANTY "\n---\nLicensed under the Apache License, Version 2.0",
	  "Apache-2.0 AND MIT" },
	/* a word that goes on is another word */
	{ "relicensed under the apache license version 2 0", "" },
	{ "licensed under the apache license version 2 01", "" },
	{ "this is free and unencumbered software released into the public domains", "" },
};

static void test_texts(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		struct buf b = BUF_INIT;
		bool known = licence_add(&b, texts[i].text, strlen(texts[i].text));

		if (known != (*texts[i].want != '\0') ||
		    !str_eq(b.len ? b.data : "", texts[i].want))
			fail_msg("text %zu: \"%s\", not \"%s\"", i, b.len ? b.data : "",
				 texts[i].want);
		buf_release(&b);
	}
}

/* Each licence once, however many files have it; one whose name begins another's is another. */
static void test_once(void **state)
{
	struct buf b = BUF_INIT;

	(void)state;
	assert_true(licence_add(&b, MIT_GRANT ".\n", strlen(MIT_GRANT ".\n")));
	assert_true(licence_add(&b, MIT_GRANT MIT_NOTICE, strlen(MIT_GRANT MIT_NOTICE)));
	assert_true(licence_add(&b, MIT_GRANT MIT_NOTICE, strlen(MIT_GRANT MIT_NOTICE)));
	assert_false(licence_add(&b, "x", 1));
	assert_string_equal(b.data, "MIT-0 AND MIT");
	buf_release(&b);
}

static void test_names(void **state)
{
	static const char *const yes[] = { "LICENSE",	  "LICENCE.md",	     "license.txt",
					   "COPYING",	  "COPYING.LESSER",  "LICENSE-MIT",
					   "UNLICENSE",	  "MIT-LICENSE.txt", "License_apache",
					   "LICENSE.html" };
	static const char *const no[] = {
		"",    "README",     "LICENSES",  "license.go",	  "licensed.txt", "licence.tmpl",
		"MIT", "MIT-README", "copying.c", "LICENSE.json", "my-license"
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(yes); i++)
		if (!licence_is_file(yes[i]))
			fail_msg("%s", yes[i]);
	for (size_t i = 0; i < ARRAY_LEN(no); i++)
		if (licence_is_file(no[i]))
			fail_msg("%s", no[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_texts),
		cmocka_unit_test(test_once),
		cmocka_unit_test(test_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
