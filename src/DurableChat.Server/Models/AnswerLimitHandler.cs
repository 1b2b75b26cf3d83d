using System.Net;

namespace DurableChat.Server.Models;

/// <summary>
/// Keeps a provider that never ends from filling the memory: the packages read the whole body of an error, and each event of an answer, before they look at it, and gather the arguments of a tool call. Thread-safe.
/// </summary>
internal sealed class AnswerLimitHandler : DelegatingHandler
{
    /// <summary>How much is read of an error's body, in bytes. What it means is told by its status.</summary>
    public const int MaxErrorBytes = 64 * 1024;

    /// <summary>How large an event of an answer can be, in bytes.</summary>
    public const int MaxEventBytes = 8 * 1024 * 1024;

    /// <summary>How large an answer can be, in bytes: a million characters, which the worker allows by default, in events of a few characters and 250 bytes each, twice.</summary>
    public const long MaxAnswerBytes = 128 * 1024 * 1024;

    /// <summary>Hands requests to the handler that is set later.</summary>
    public AnswerLimitHandler()
    {
    }

    /// <summary>Hands requests to <paramref name="innerHandler"/>, and disposes of it.</summary>
    public AnswerLimitHandler(HttpMessageHandler innerHandler)
        : base(innerHandler)
    {
    }

    /// <inheritdoc/>
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var response = await base.SendAsync(request, cancellationToken);
        var body = await response.Content.ReadAsStreamAsync(cancellationToken);

        // The packages take any other status for an error, 201 too.
        var isAnswer = response.StatusCode == HttpStatusCode.OK;
        var limited = new StreamContent(isAnswer ? new EventLimitStream(body, MaxEventBytes, MaxAnswerBytes) : new TruncatedStream(body, MaxErrorBytes));
        foreach (var (name, values) in response.Content.Headers.NonValidated)
        {
            if (isAnswer || !name.Equals("Content-Length", StringComparison.OrdinalIgnoreCase))
            {
                limited.Headers.TryAddWithoutValidation(name, values);
            }
        }

        response.Content = limited;
        return response;
    }
}
