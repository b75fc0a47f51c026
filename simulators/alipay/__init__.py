"""Alipay's OpenAPI: one gateway, RSA2 both ways, zipped bills."""
