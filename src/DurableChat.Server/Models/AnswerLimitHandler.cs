using System.Net;

namespace DurableChat.Server.Models;

/// <summary>
/// Keeps a provider that never ends from filling the memory: the packages read the whole body of an error, and each line of an answer, before they look at it. Thread-safe.
/// </summary>
internal sealed class AnswerLimitHandler : DelegatingHandler
{
    /// <summary>How much is read of an error's body, in bytes. What it means is told by its status.</summary>
    public const int MaxErrorBytes = 64 * 1024;

    /// <summary>How long a line of an answer can be, in bytes.</summary>
    public const int MaxLineBytes = 8 * 1024 * 1024;

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
        var limited = new StreamContent(isAnswer ? new LineLimitStream(body, MaxLineBytes) : new TruncatedStream(body, MaxErrorBytes));
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
