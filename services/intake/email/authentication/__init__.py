"""Whether a mail really comes from the domain of its From: SPF (RFC 7208), DKIM (RFC 6376) and DMARC (RFC 7489)."""
