using System.Security.Cryptography;
using System.Text;
using DurableChat.Chats;
using DurableChat.Models;

namespace DurableChat.Providers.Http;

/// <summary>The identity of a provider, which decides which replays may be sent back. Immutable.</summary>
/// <param name="Wire">The name of the protocol in replays.</param>
/// <param name="Name">The host of the address.</param>
/// <param name="Model">The provider's name of the model.</param>
/// <param name="Account">A hash of the key.</param>
internal sealed record Provider(string Wire, string Name, string Model, string Account)
{
    public static Provider Of(string wire, Uri address, ProviderOptions options) =>
        new(wire, address.Host, options.Model, HashOf(options.Key));

    /// <summary>The replay of an answer if it may be sent back to this provider; otherwise null.</summary>
    public Replay? ReplayOf(Message message, ModelRequest request) =>
        !request.OmitsReplay
            && message.Replay is { } replay
            && replay.Wire == Wire
            && replay.Provider == Name
            && replay.Model == Model
            && replay.Account == Account
            ? replay
            : null;

    /// <summary>A replay of this provider's answer; null if there is nothing to keep.</summary>
    public Replay? Keep(IReadOnlyList<string> items, string? prefix = null) =>
        items.Count == 0 ? null : new Replay(Wire, Name, Model, Account, items) { Prefix = prefix };

    private static string HashOf(string? key) =>
        string.IsNullOrEmpty(key)
            ? ""
            : Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)).AsSpan(0, 8));
}
