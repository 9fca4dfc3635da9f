module a.b/dep
replace x => "y
