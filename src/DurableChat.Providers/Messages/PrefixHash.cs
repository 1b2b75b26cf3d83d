using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace DurableChat.Providers.Messages;

/// <summary>
/// A hash of everything sent before an answer, except for thinking. An answer is bound to all of it, but thinking may
/// be omitted from the beginning. For one request.
/// </summary>
internal sealed class PrefixHash : IDisposable
{
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    /// <summary>The hash of everything added so far.</summary>
    public string Present => Convert.ToHexStringLower(_hash.GetCurrentHash());

    /// <summary>Adds a text unambiguously: no other sequence of texts has the same hash.</summary>
    public void Add(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        Span<byte> length = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(length, bytes.Length);
        _hash.AppendData(length);
        _hash.AppendData(bytes);
    }

    /// <summary>Adds an entry.</summary>
    public void Add(PromptEntry entry)
    {
        foreach (var (json, isThinking) in entry.Blocks)
        {
            if (!isThinking)
            {
                Add(entry.Speaker == PromptSpeaker.Assistant ? "assistant" : "user");
                Add(json);
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _hash.Dispose();
}
