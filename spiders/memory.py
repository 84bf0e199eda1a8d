"""Watches the crawl's own memory: Scrapy's figure includes what the process that started it once held."""

from pathlib import Path

from scrapy.extensions.memusage import MemoryUsage


class OwnMemoryUsage(MemoryUsage):
    """MemoryUsage that reads its peak from /proc. Linux hands ru_maxrss down through fork and exec, so a crawl that a
    large Airflow worker started would otherwise be over its limit before its first request."""

    def get_virtual_size(self) -> int:
        """Bytes that this program held at most."""
        try:
            lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
        except OSError:  # not Linux
            return super().get_virtual_size()
        return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM:"))
