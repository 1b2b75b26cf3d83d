using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace DurableChat.Providers.Messages;

/// <summary>
/// A hash of what stands before an answer, as it is sent, except for thought: an answer is bound to all before it, and
/// thought may be left
/// out from the beginning. For one request.
/// </summary>
internal sealed class PrefixHash : IDisposable
{
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    /// <summary>The hash of all that was added.</summary>
    public string Present => Convert.ToHexStringLower(_hash.GetCurrentHash());

    /// <summary>Adds a text, so that no other row of texts has the same hash.</summary>
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
