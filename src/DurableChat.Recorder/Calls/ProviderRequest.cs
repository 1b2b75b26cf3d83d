using System.Security.Cryptography;
using System.Text;

namespace DurableChat.Recorder.Calls;

/// <summary>
/// A request to a provider. It contains the provider's key, so it is neither logged nor written to disk.
/// </summary>
/// <param name="Target">The URL.</param>
/// <param name="Headers">Its headers.</param>
/// <param name="Body">Its body.</param>
internal sealed record ProviderRequest(Uri Target, IReadOnlyList<KeyValuePair<string, string[]>> Headers, byte[] Body)
{
    /// <summary>
    /// The hash of the URL and the body. Headers do not count: a changed key or another caller's trace does not make it
    /// a different request.
    /// </summary>
    public string Hash()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes(Target.AbsoluteUri));
        hash.AppendData([0]);
        hash.AppendData(Body);
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <summary>Creates the HTTP message.</summary>
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

    /// <summary>Omits the members, which a record would print.</summary>
    public override string ToString() => nameof(ProviderRequest);
}
