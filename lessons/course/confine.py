"""Takes rights from this process that a learner's file does not need. Used by `grade`.

Three parts of Linux do this without root: resource limits, Landlock (which files) and seccomp
(which system calls). The process cannot undo them. On other systems there are only the limits.

Reads: https://docs.kernel.org/userspace-api/landlock.html, seccomp(2), setrlimit(2).
"""

import ctypes
import os
import platform
import struct
import sys
import sysconfig
from pathlib import Path

from lessons.course.manifest import LIBRARY, ROOT, Lesson

try:
    import resource
except ImportError:  # Windows
    resource = None

MB = 1024 * 1024
FILE = 8 * MB  # bytes of the largest file that can be written
OPEN = 256  # files that can be open at once

# Landlock: system calls (the same on every machine) and rights
CREATE, ADD_RULE, RESTRICT = 444, 445, 446
READ_FILE, READ_DIR = 1 << 2, 1 << 3
RIGHTS = {1: 13, 2: 14, 3: 15, 4: 15, 5: 16}  # by version: how many rights there are
FILE_RIGHTS = 0b111 | 1 << 14  # execute, write, read, truncate

# Seccomp: (number on x86_64, number on aarch64); None where the call does not exist
REFUSED = {
    "socket": (41, 198),
    "fork": (57, None),
    "vfork": (58, None),
    "execve": (59, 221),
    "execveat": (322, 281),
    "ptrace": (101, 117),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    "pidfd_open": (434, 434),
    "pidfd_send_signal": (424, 424),
    "rt_sigqueueinfo": (129, 138),
    "rt_tgsigqueueinfo": (297, 240),
    "io_uring_setup": (425, 425),
    "unshare": (272, 97),
    "mount": (165, 40),
    "setpriority": (141, 140),
    "sched_setaffinity": (203, 122),
    "ioprio_set": (251, 30),
    "add_key": (248, 217),
    "keyctl": (250, 219),
    "truncate": (76, 45),  # the first versions of Landlock do not control it
    "fchmodat2": (452, 452),
    "shmget": (29, 194),
    "semget": (64, 190),
    "msgget": (68, 186),
    "mq_open": (240, 180),
    "memfd_create": (319, 279),
    "chmod": (90, None),
    "fchmod": (91, 52),
    "fchmodat": (268, 53),
    "chown": (92, None),
    "fchown": (93, 55),
    "lchown": (94, None),
    "fchownat": (260, 54),
    "utime": (132, None),
    "utimes": (235, None),
    "futimesat": (261, None),
    "utimensat": (280, 88),
    "setxattr": (188, 5),
    "lsetxattr": (189, 6),
    "fsetxattr": (190, 7),
}
CAPSET = (126, 91)
CLONE, CLONE3 = (56, 220), 435
TO_SELF = {"kill": (62, 129), "tkill": (200, 130), "tgkill": (234, 131)}
PRCTL = {"prctl": (157, 167)}
FCNTL = {"fcntl": (72, 25)}
SENDS_SIGNALS = (8, 10, 15)  # F_SETOWN, F_SETSIG, F_SETOWN_EX
TO_SELF_OR_ZERO = {"prlimit64": (302, 261)}
MACHINES = {"x86_64": (0, 0xC000003E), "aarch64": (1, 0xC00000B7)}
CLONE_THREAD = 0x10000
EACCES, EAGAIN, ENOSYS = 13, 11, 38


def landlock_version() -> int:
    """The version of Landlock that this kernel offers, or 0."""
    if sys.platform != "linux":
        return 0
    return max(0, libc().syscall(CREATE, None, 0, 1))


def seals() -> bool:
    """Whether this machine can keep a process from other files, other processes and the network."""
    return bool(landlock_version()) and platform.machine() in MACHINES and not is_32_bit()


def is_32_bit() -> bool:
    return struct.calcsize("P") == 4


def libc():
    library = ctypes.CDLL(None, use_errno=True)
    library.syscall.restype = ctypes.c_long
    return library


def confine(lesson: Lesson, place: Path, memory: int, seconds: int) -> None:
    """From now on this process cannot do more than a lesson needs.

    Args:
        lesson: its tests can be read; its solutions and its library modules cannot.
        place: the folder in which this process may write.
        memory: megabytes that it may use in addition to those in use now.
        seconds: CPU time that it may use in total; then the kernel ends it.
    """
    limit(memory, seconds)
    if seals():
        give_up_root()
        seal_files(readable(lesson, place), [place / "tmp", place / "home", Path(os.devnull)])
        seal_calls()


def limit(memory: int, seconds: int) -> None:
    if resource is None:
        return
    bounds = {
        resource.RLIMIT_CPU: seconds,
        resource.RLIMIT_FSIZE: FILE,
        resource.RLIMIT_NOFILE: OPEN,
        resource.RLIMIT_CORE: 0,
    }
    if sys.platform == "linux":  # macOS ignores this limit
        pages = int(Path("/proc/self/statm").read_text("ascii").split()[0])
        bounds[resource.RLIMIT_AS] = pages * os.sysconf("SC_PAGE_SIZE") + memory * MB
    for which, value in bounds.items():
        hard = resource.getrlimit(which)[1]
        value = value if hard == resource.RLIM_INFINITY else min(value, hard)
        resource.setrlimit(which, (value, value))


def readable(lesson: Lesson, place: Path) -> tuple[list[Path], list[Path]]:
    """The paths whose files can be read, and the folders whose entries can only be listed."""
    files = [place / "desk", *lesson.test_files, lesson.observe_file]
    files += [path for path in LIBRARY.glob("*.py") if path.stem not in lesson.write]
    files += (ROOT / "lessons" / "course").glob("*.py")
    files += [ROOT / "lessons" / "__init__.py", Path("/dev/urandom"), Path("/etc/localtime")]
    files += [Path(name) for name in ("/usr/lib", "/usr/lib64", "/lib", "/lib64")]
    folders = [LIBRARY, ROOT / "lessons"]
    python = {Path(sys.base_exec_prefix, "lib")}
    python |= {Path(sysconfig.get_path(name)) for name in ("stdlib", "platstdlib")}
    packages = {Path(sysconfig.get_path(name)) for name in ("purelib", "platlib")}
    for folder in packages:
        # An installed copy of the library holds the solutions too.
        folders.append(folder)
        files += [path for path in folder.glob("*") if not path.name.startswith("simclr_mini")]
    files += [path for path in python if not ROOT.is_relative_to(path)]
    return files, folders


def give_up_root() -> None:
    """Drop every capability, so that root can do no more than any other owner of these files."""
    header, nothing = struct.pack("=Ii", 0x20080522, 0), bytes(24)
    check(libc().syscall(CAPSET[MACHINES[platform.machine()][0]], header, nothing))


def seal_files(reading: tuple[list[Path], list[Path]], writing: list[Path]) -> None:
    """Landlock: no other path can be opened, made, renamed or removed."""
    version = landlock_version()
    every = (1 << RIGHTS.get(version, 16)) - 1
    call = libc().syscall
    handled = struct.pack("=Q", every)
    ruleset = call(CREATE, handled, len(handled), 0)
    check(ruleset)
    ruleset = int(ruleset)
    paths = [(path, READ_FILE | READ_DIR) for path in reading[0]]
    paths += [(path, READ_DIR) for path in reading[1]]
    paths += [(path, every & ~1) for path in writing]
    for path, rights in paths:
        if not path.exists():
            continue
        if not path.is_dir():
            rights &= FILE_RIGHTS
        opened = os.open(path, os.O_PATH | os.O_CLOEXEC)
        check(call(ADD_RULE, ruleset, 1, struct.pack("=Qi", rights & every, opened), 0))
        os.close(opened)
    no_new_privileges()
    check(call(RESTRICT, ruleset, 0))
    os.close(ruleset)


def seal_calls() -> None:
    """Seccomp: no network, no other process, no signal to one. Threads still work."""
    column, machine = MACHINES[platform.machine()]
    own = os.getpid()
    refuse, again, unknown = (0x50000 | code for code in (EACCES, EAGAIN, ENOSYS))
    allow, kill = 0x7FFF0000, 0x80000000
    program = [load(4), *unless_equal(machine, kill), load(0)]
    if column == 0:
        program += [jump(0x35, 0x40000000, 0, 1), leave(kill)]  # the call numbers of x32
    for numbers in REFUSED.values():
        if numbers[column] is not None:
            program += [jump(0x15, numbers[column], 0, 1), leave(refuse)]
    program += [jump(0x15, CLONE3, 0, 1), leave(unknown)]  # its flags cannot be seen from here
    # If a call is one of these, the filter loads an argument over the number, and always leaves.
    program += [jump(0x15, CLONE[column], 0, 4), load(16)]
    program += [jump(0x45, CLONE_THREAD, 0, 1), leave(allow), leave(again)]
    for numbers in TO_SELF.values():
        program += [jump(0x15, numbers[column], 0, 4), load(16)]
        program += [jump(0x15, own, 0, 1), leave(allow), leave(refuse)]
    for numbers in TO_SELF_OR_ZERO.values():
        program += [jump(0x15, numbers[column], 0, 5), load(16)]
        program += [jump(0x15, own, 1, 0), jump(0x15, 0, 0, 1), leave(allow), leave(refuse)]
    for numbers in PRCTL.values():  # 1 would undo `end_with_parent`
        program += [jump(0x15, numbers[column], 0, 4), load(16)]
        program += [jump(0x15, 1, 0, 1), leave(refuse), leave(allow)]
    for numbers in FCNTL.values():
        program += [jump(0x15, numbers[column], 0, 2 * len(SENDS_SIGNALS) + 2), load(24)]
        for command in SENDS_SIGNALS:
            program += [jump(0x15, command, 0, 1), leave(refuse)]
        program += [leave(allow)]
    program += [leave(allow)]
    code = b"".join(program)
    buffer = ctypes.create_string_buffer(code)
    filter = struct.pack("@HP", len(program), ctypes.addressof(buffer))
    no_new_privileges()
    check(libc().prctl(22, 2, filter, 0, 0))  # PR_SET_SECCOMP, SECCOMP_MODE_FILTER


def load(offset: int) -> bytes:
    """Load 32 bits: 0 is the call's number, 4 the machine, 16 and 24 the first two arguments."""
    return struct.pack("=HBBI", 0x20, 0, 0, offset)


def jump(kind: int, value: int, yes: int, no: int) -> bytes:
    """Skip `yes` instructions if the test holds (0x15 equal, 0x35 at least, 0x45 has bits)."""
    return struct.pack("=HBBI", kind, yes, no, value)


def leave(action: int) -> bytes:
    return struct.pack("=HBBI", 0x06, 0, 0, action)


def unless_equal(value: int, action: int) -> list[bytes]:
    return [jump(0x15, value, 1, 0), leave(action)]


def end_with_parent() -> None:
    """Let the kernel kill this process when the one that started it ends."""
    if sys.platform == "linux":
        check(libc().prctl(1, 9, 0, 0, 0))


def no_new_privileges() -> None:
    check(libc().prctl(38, 1, 0, 0, 0))


def check(result: int) -> None:
    if result < 0:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code))
