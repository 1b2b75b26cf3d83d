using System.IO.Hashing;
using Microsoft.Net.Http.Headers;

namespace DurableChat.Server.Pages;

/// <summary>
/// A file of the page in memory, together with the forms that were compressed at build time. Immutable.
/// </summary>
internal sealed class PageFile
{
    private const string ImmutableFolder = "assets";

    private readonly byte[] _plain;
    private readonly byte[]? _brotli;
    private readonly byte[]? _gzip;
    private readonly string _contentType;
    private readonly bool _isImmutable;
    private readonly string _hash;

    private PageFile(byte[] plain, byte[]? brotli, byte[]? gzip, string contentType, bool isImmutable)
    {
        _plain = plain;
        _brotli = brotli;
        _gzip = gzip;
        _contentType = contentType;
        _isImmutable = isImmutable;
        _hash = Convert.ToHexStringLower(XxHash3.Hash(plain));
    }

    /// <summary>Reads a file and its compressed forms next to it.</summary>
    public static PageFile Read(string root, string path)
    {
        var full = Path.Combine(root, path);
        return new PageFile(
            File.ReadAllBytes(full),
            ReadIfThere($"{full}.br"),
            ReadIfThere($"{full}.gz"),
            ContentTypeOf(path),
            path.StartsWith($"{ImmutableFolder}/", StringComparison.Ordinal));
    }

    /// <summary>Sends the smallest form that the browser accepts, or that the file is not modified.</summary>
    public async Task SendAsync(HttpContext context)
    {
        var (bytes, encoding) = Choose(context.Request);
        var headers = context.Response.Headers;

        // The names of assets contain a hash of their content, so the content of a name never changes. All other files
        // are revalidated each time.
        headers.CacheControl = _isImmutable ? "public, max-age=31536000, immutable" : "no-cache";
        headers.Vary = HeaderNames.AcceptEncoding;
        var tag = encoding is null ? $"\"{_hash}\"" : $"\"{_hash}-{encoding}\"";
        headers.ETag = tag;
        if (context.Request.Headers.IfNoneMatch.ToString()
            .Split(',', StringSplitOptions.TrimEntries)
            .Contains(tag, StringComparer.Ordinal))
        {
            context.Response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }

        headers.ContentEncoding = encoding;
        context.Response.ContentType = _contentType;
        context.Response.ContentLength = bytes.Length;
        if (!HttpMethods.IsHead(context.Request.Method))
        {
            await context.Response.Body.WriteAsync(bytes, context.RequestAborted);
        }
    }

    private (byte[] Bytes, string? Encoding) Choose(HttpRequest request)
    {
        var isReadable = StringWithQualityHeaderValue.TryParseList(request.Headers.AcceptEncoding, out var accepted);
        bool Takes(string name) => isReadable && accepted!.Any(
            value => value.Value.Equals(name, StringComparison.OrdinalIgnoreCase) && value.Quality is not 0);
        return _brotli is not null && Takes("br") ? (_brotli, "br")
            : _gzip is not null && Takes("gzip") ? (_gzip, "gzip")
            : (_plain, null);
    }

    private static byte[]? ReadIfThere(string path) => File.Exists(path) ? File.ReadAllBytes(path) : null;

    private static string ContentTypeOf(string path) => Path.GetExtension(path) switch
    {
        ".html" => "text/html; charset=utf-8",
        ".js" => "text/javascript; charset=utf-8",
        ".css" => "text/css; charset=utf-8",
        ".svg" => "image/svg+xml",
        ".woff2" => "font/woff2",
        _ => "application/octet-stream",
    };
}
