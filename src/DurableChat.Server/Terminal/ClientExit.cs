using DurableChat.Server.Text;

namespace DurableChat.Server.Terminal;

/// <summary>
/// Exit codes of commands that use a server. An invalid command line results in <see cref="PlainErrors.ExitCode"/>.
/// </summary>
internal static class ClientExit
{
    public const int Done = 0;

    /// <summary>The server refused or could not be reached, or the turn failed.</summary>
    public const int Failed = 1;

    /// <summary>Ctrl-C, with the code that shells use.</summary>
    public const int Stopped = 130;
}
