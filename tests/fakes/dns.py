"""A DNS server on loopback, by UDP and TCP, that answers from a table of records."""

from __future__ import annotations

import asyncio
import struct
from types import TracebackType
from typing import Self, cast

import dns.flags
import dns.message
import dns.rcode
import dns.rrset
from dns.rdatatype import RdataType

_LONGEST_UDP = 1_232
_LENGTH = struct.Struct("!H")


class DnsServer:
    """Serves `records`, which maps (name, type) to records in the form of a zone file; it may be changed at any time.

    A name without records does not exist. `silent` names are not answered, `failing` ones with SERVFAIL.
    """

    def __init__(self) -> None:
        self.records: dict[tuple[str, str], list[str]] = {}
        self.silent: set[str] = set()
        self.failing: set[str] = set()
        self.asked: list[str] = []
        self.port = 0

    async def __aenter__(self) -> Self:
        loop = asyncio.get_running_loop()
        self._tcp = await asyncio.start_server(self._converse, "127.0.0.1", 0)
        self.port = int(self._tcp.sockets[0].getsockname()[1])
        self._udp, _ = await loop.create_datagram_endpoint(lambda: _Datagrams(self), ("127.0.0.1", self.port))
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._udp.close()
        self._tcp.close()
        await self._tcp.wait_closed()

    def add_text(self, name: str, text: str) -> None:
        """Serve a TXT record of any length."""
        strings = (text[start : start + 255] for start in range(0, len(text), 255))
        self.records.setdefault((name, "TXT"), []).append(" ".join(f'"{each}"' for each in strings))

    def answer(self, wire: bytes) -> dns.message.Message | None:
        """The answer to a question; None for a silent name."""
        query = dns.message.from_wire(wire)
        name = query.question[0].name.to_text(omit_final_dot=True).lower()
        self.asked.append(name)
        if name in self.silent:
            return None
        response = dns.message.make_response(query)
        response.flags |= dns.flags.RA
        kind = RdataType.to_text(query.question[0].rdtype)
        if name in self.failing:
            response.set_rcode(dns.rcode.SERVFAIL)
        elif found := self.records.get((name, kind)):
            response.answer.append(dns.rrset.from_text(query.question[0].name, 60, "IN", kind, *found))
        elif not any(name == known for known, _ in self.records):
            response.set_rcode(dns.rcode.NXDOMAIN)
        return response

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        (length,) = _LENGTH.unpack(await reader.readexactly(_LENGTH.size))
        if response := self.answer(await reader.readexactly(length)):
            wire = response.to_wire()
            writer.write(_LENGTH.pack(len(wire)) + wire)
            await writer.drain()
        writer.close()
        await writer.wait_closed()


class _Datagrams(asyncio.DatagramProtocol):
    def __init__(self, server: DnsServer) -> None:
        self._server = server

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.DatagramTransport", transport)

    def datagram_received(self, data: bytes, addr: tuple[str | int, ...]) -> None:
        response = self._server.answer(data)
        if response is None:
            return
        wire = response.to_wire(max_size=65_535)
        if len(wire) > _LONGEST_UDP:  # the resolver asks again by TCP
            response.answer.clear()
            response.flags |= dns.flags.TC
            wire = response.to_wire()
        self._transport.sendto(wire, addr)
