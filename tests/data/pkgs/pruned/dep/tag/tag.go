package tag
