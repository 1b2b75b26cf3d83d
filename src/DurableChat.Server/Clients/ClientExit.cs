namespace DurableChat.Server.Clients;

/// <summary>Exit codes of commands that talk to a server. A command line that is wrong gives <see cref="PlainErrors.ExitCode"/>.</summary>
internal static class ClientExit
{
    public const int Done = 0;

    /// <summary>The server refused, was not reached, or the turn failed.</summary>
    public const int Failed = 1;

    /// <summary>Ctrl-C, as shells count it.</summary>
    public const int Stopped = 130;
}
