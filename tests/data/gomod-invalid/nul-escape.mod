module "a\u12"
