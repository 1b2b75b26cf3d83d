using System.Text;

namespace DurableChat.AspNetCore.Streaming;

/// <summary>
/// How long a client waits before it reconnects. Each connection gets its own delay, so that the clients of a stopping
/// replica do not all reach the next one at the same moment.
/// </summary>
internal static class ReconnectDelay
{
    private const int Shortest = 500;
    private const int Longest = 1_500;
    private const int LongestWhileDraining = 5_000;

    /// <summary>Writes the <c>retry</c> field of Server-Sent Events.</summary>
    /// <param name="isDraining">True if the replica is about to end all its streams.</param>
    /// <param name="random">A number from 0 to 1.</param>
    public static byte[] Write(bool isDraining, double random) => Encoding.ASCII.GetBytes($"retry: {Choose(isDraining, random)}\n\n");

    /// <summary>The delay in milliseconds.</summary>
    public static int Choose(bool isDraining, double random) => Shortest + (int)(((isDraining ? LongestWhileDraining : Longest) - Shortest) * random);
}
