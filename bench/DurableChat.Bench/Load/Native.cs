using System.Runtime.InteropServices;

namespace DurableChat.Bench.Load;

/// <summary>
/// The system calls of the load generator: it must cost less than what it measures, and one thread that reads many
/// sockets by epoll does.
/// </summary>
internal static partial class Native
{
    public const int Add = 1, Readable = 1, DoNotWait = 0x40;

    [LibraryImport("libc", EntryPoint = "epoll_create1", SetLastError = true)]
    public static partial int CreateEpoll(int flags);

    [LibraryImport("libc", EntryPoint = "epoll_ctl", SetLastError = true)]
    public static partial int ControlEpoll(int epoll, int operation, int socket, ref EpollEvent wanted);

    [LibraryImport("libc", EntryPoint = "epoll_wait", SetLastError = true)]
    public static unsafe partial int WaitEpoll(int epoll, EpollEvent* events, int room, int milliseconds);

    [LibraryImport("libc", EntryPoint = "recv", SetLastError = true)]
    public static unsafe partial nint Receive(int socket, byte* buffer, nint length, int flags);

    [LibraryImport("libc", EntryPoint = "usleep")]
    public static partial int Rest(uint microseconds);

    /// <summary><c>struct epoll_event</c> of x86-64, which is packed.</summary>
    [StructLayout(LayoutKind.Sequential, Pack = 4)]
    internal struct EpollEvent
    {
        public int Events;
        public long Data;
    }
}
