using System.Security.Cryptography;
using System.Text;

namespace DurableChat.Recorder;

/// <summary>What is sent to a provider. It holds the provider's key, so it is neither logged nor written.</summary>
/// <param name="Target">Where it goes.</param>
/// <param name="Headers">Its headers.</param>
/// <param name="Body">Its body.</param>
internal sealed record ProviderRequest(Uri Target, IReadOnlyList<KeyValuePair<string, string[]>> Headers, byte[] Body)
{
    /// <summary>
    /// What is asked, and of whom. Headers do not count: a key that was changed, or a trace of another caller, makes no
    /// other question.
    /// </summary>
    public string Hash()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes(Target.AbsoluteUri));
        hash.AppendData([0]);
        hash.AppendData(Body);
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <summary>The message for the network.</summary>
    public HttpRequestMessage ToMessage()
    {
        var message = new HttpRequestMessage(HttpMethod.Post, Target) { Content = new ByteArrayContent(Body) };
        foreach (var (name, values) in Headers)
        {
            if (!message.Headers.TryAddWithoutValidation(name, values))
            {
                message.Content.Headers.TryAddWithoutValidation(name, values);
            }
        }

        return message;
    }

    /// <summary>Without its members: a record would print them all.</summary>
    public override string ToString() => nameof(ProviderRequest);
}
