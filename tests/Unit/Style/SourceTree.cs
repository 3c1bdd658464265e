// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;

namespace Hypervisor.Unit.Style;

/// <summary>The files of the repository that people write.</summary>
internal static class SourceTree
{
    private static readonly string[] s_skippedFolders = [".git", ".vs", ".vscode", "artifacts", "bin", "obj"];

    private static readonly string[] s_textEndings =
    [
        ".cs", ".S", ".ld", ".inc", ".c", ".h", ".sh", ".cake", ".cfg", ".toml", ".md", ".csproj", ".props", ".targets",
        ".json", ".editorconfig", ".gitignore",
    ];

    /// <summary>The folder with Hypervisor.sln above the running test.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>Every text file, as a path relative to the root with '/' between the parts.</summary>
    public static IReadOnlyList<string> Files { get; } = Walk(new DirectoryInfo(Root))
        .Where(static file => s_textEndings.Contains(Path.GetExtension(file)))
        .Select(static file => Path.GetRelativePath(Root, file).Replace('\\', '/'))
        .Order(StringComparer.Ordinal)
        .ToArray();

    public static IEnumerable<string> Code => Files.Where(static file => Path.GetExtension(file) is ".cs");

    public static string[] Lines(string file) => File.ReadAllLines(Path.Combine(Root, file));

    public static string Text(string file) => File.ReadAllText(Path.Combine(Root, file));

    private static IEnumerable<string> Walk(DirectoryInfo folder)
    {
        foreach (FileSystemInfo entry in folder.EnumerateFileSystemInfos())
        {
            if (entry is FileInfo)
            {
                yield return entry.FullName;
            }
            else if (entry is DirectoryInfo inner && inner.LinkTarget == null && !s_skippedFolders.Contains(inner.Name))
            {
                foreach (string file in Walk(inner))
                {
                    yield return file;
                }
            }
        }
    }

    private static string FindRoot()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder != null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Hypervisor.sln")))
            {
                return folder.FullName;
            }
        }

        throw new InvalidOperationException("the tests do not run inside the repository");
    }
}
