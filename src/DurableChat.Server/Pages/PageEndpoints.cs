using DurableChat.Server.Http;

namespace DurableChat.Server.Pages;

/// <summary>
/// Serves the page. All files are read once at the start, so a request's path never becomes a file path.
/// </summary>
internal static class PageEndpoints
{
    private const string Index = "index.html";

    /// <summary>The paths that the page itself handles.</summary>
    private static readonly string[] _views = ["/", "/c/{id}", "/ops"];

    /// <summary>The folder that contains the built page.</summary>
    public static string Folder { get; } = Path.Combine(AppContext.BaseDirectory, "page");

    public static void Map(IEndpointRouteBuilder endpoints, string folder)
    {
        var files = Read(folder);
        var pages = endpoints.MapGroup(string.Empty).ExcludeFromDescription().AddEndpointFilter(async (context, next) =>
        {
            SecurityHeaders.SetPage(context.HttpContext.Response.Headers);
            return await next(context);
        });
        if (!files.TryGetValue(Index, out var index))
        {
            Get(pages, "/", MissingPage.SendAsync);
            return;
        }

        foreach (var view in _views)
        {
            Get(pages, view, index.SendAsync);
        }

        foreach (var (path, file) in files)
        {
            Get(pages, $"/{path}", file.SendAsync);
        }
    }

    private static void Get(RouteGroupBuilder pages, string pattern, Func<HttpContext, Task> send) =>
        pages.MapMethods(
            pattern, [HttpMethods.Get, HttpMethods.Head], async (HttpContext context) => await send(context));

    private static Dictionary<string, PageFile> Read(string root) => !Directory.Exists(root)
        ? []
        : Directory.EnumerateFiles(root, "*", SearchOption.AllDirectories)
            .Where(path => Path.GetExtension(path) is not (".br" or ".gz"))
            .Select(path => Path.GetRelativePath(root, path).Replace(Path.DirectorySeparatorChar, '/'))
            .ToDictionary(path => path, path => PageFile.Read(root, path));
}
