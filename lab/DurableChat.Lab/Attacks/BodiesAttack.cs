using System.Text;
using DurableChat.Lab.Running;

namespace DurableChat.Lab.Attacks;

/// <summary>
/// Bursts of bodies that are small on the wire and large in memory: a history of tiny messages, and a history of empty
/// objects. Of eight owners at once.
/// </summary>
/// <param name="hasRate">
/// False for no limit on their requests, which else hides what stands against their bodies.
/// </param>
internal sealed class BodiesAttack(bool hasRate) : Attack
{
    private const string ShownPath = "ai-sdk/chat";
    private const string EmptyPath = "api/v1/chats";
    private const int WarmUpBytes = 128 << 10;
    private const int WarmUpRounds = 4;
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(1);
    private byte[] _shown = [];
    private byte[] _empty = [];

    public override string Name => hasRate ? "bodies, limited rate" : "bodies";

    public override string Bound => "bytes of bodies under way, of an owner and in all; values of a body";

    public override Task<AttackSetup> SetUpAsync(AttackScale scale) =>
        Task.FromResult(hasRate ? new AttackSetup() : new AttackSetup { Settings = new Dictionary<string, string> { ["Http__Limits__RequestsPerSecond"] = "0" } });

    public override async Task PrepareAsync(Arena arena, CancellationToken cancellationToken)
    {
        // A server compiles what reads a body when the first ones come, which is no part of the attack.
        (_shown, _empty) = (Shown(WarmUpBytes), Empty(WarmUpBytes));
        for (var round = 0; round < WarmUpRounds; round++)
        {
            await BurstAsync(arena, arena.AttackerTokens.Count, ShownPath, _shown, cancellationToken);
            await BurstAsync(arena, arena.AttackerTokens.Count, EmptyPath, _empty, cancellationToken);
        }

        (_shown, _empty) = (Shown(arena.Scale.Of(512 << 10, (8 << 20) - 100)), Empty(arena.Scale.Of(256 << 10, (1 << 20) - 100)));
    }

    public override async Task RunAsync(Arena arena, CancellationToken cancellationToken)
    {
        for (var round = 0; round < arena.Scale.Of(1, 3); round++)
        {
            await BurstAsync(arena, arena.Scale.Of(8, 40), ShownPath, _shown, cancellationToken);
            await Task.Delay(_patience, TimeProvider.System, cancellationToken);
            await BurstAsync(arena, arena.Scale.Of(8, 150), EmptyPath, _empty, cancellationToken);
        }
    }

    private static Task<int[]> BurstAsync(Arena arena, int requests, string path, byte[] body, CancellationToken cancellationToken) => Task.WhenAll(
        Enumerable.Range(0, requests).Select(request => arena.Attacker.SendAsync(arena.AttackerTokens[request % arena.AttackerTokens.Count], HttpMethod.Post, path, body, cancellationToken)));

    private static byte[] Shown(int bytes) => Encoding.UTF8.GetBytes(Fill("""{"id":"tiny","trigger":"submit-message","messages":[""", """{"id":"a","role":"user","parts":[]}""", bytes));

    private static byte[] Empty(int bytes) => Encoding.UTF8.GetBytes(Fill("""{"history":[""", "{}", bytes));

    /// <summary>A list of one value again and again, and the end of both.</summary>
    private static string Fill(string beginning, string value, int bytes) => $"{beginning}{string.Join(',', Enumerable.Repeat(value, bytes / (value.Length + 1)))}]}}";
}
