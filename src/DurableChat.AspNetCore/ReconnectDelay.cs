using System.Text;

namespace DurableChat.AspNetCore;

/// <summary>
/// How long a client should wait before it connects again. Each connection gets a time of its own, so that the clients of a replica that stops do not all come to the next one in the same moment.
/// </summary>
internal static class ReconnectDelay
{
    private const int Shortest = 500;
    private const int Longest = 1_500;
    private const int LongestWhileDraining = 5_000;

    /// <summary>A field of Server-Sent Events.</summary>
    /// <param name="isDraining">True if the replica is about to end all its streams.</param>
    /// <param name="random">From 0 to 1.</param>
    public static byte[] Write(bool isDraining, double random) => Encoding.ASCII.GetBytes($"retry: {Choose(isDraining, random)}\n\n");

    /// <summary>The time in milliseconds.</summary>
    public static int Choose(bool isDraining, double random) => Shortest + (int)(((isDraining ? LongestWhileDraining : Longest) - Shortest) * random);
}
