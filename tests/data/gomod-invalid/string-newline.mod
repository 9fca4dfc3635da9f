module "m
"
