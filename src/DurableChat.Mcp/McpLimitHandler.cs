using DurableChat.Providers.Http;

namespace DurableChat.Mcp;

/// <summary>
/// Limits how much of an HTTP response is read to the size of a message. The stream on which a server announces changes
/// stays open, so only its single messages are limited, not their sum.
/// </summary>
internal sealed class McpLimitHandler(HttpMessageHandler inner) : DelegatingHandler(inner)
{
    /// <inheritdoc/>
    protected override async Task<HttpResponseMessage> SendAsync(
        HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var response = await base.SendAsync(request, cancellationToken).ConfigureAwait(false);
        var whole = response.Content;
        var most = request.Method == HttpMethod.Get ? long.MaxValue : McpLimits.MaxAnswerBytes;
        var stream = await whole.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        response.Content = new StreamContent(
            new EventLimitStream(stream, McpLimits.MaxMessageBytes, most, "The answer of the MCP server"));
        foreach (var (name, values) in whole.Headers.NonValidated)
        {
            response.Content.Headers.TryAddWithoutValidation(name, values);
        }

        return response;
    }
}
