/* Any bytes as a netrc file. */
#include "fetch/netrc.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct netrc rc = { 0 };
	const struct netrc_entry *entry;

	netrc_parse(&rc, (const char *)data, size);
	entry = netrc_find(&rc, "https://one.example.com:8080/path/to");
	if (entry && (!entry->machine || !entry->login || !entry->password))
		__builtin_trap();
	netrc_release(&rc);
	return 0;
}
