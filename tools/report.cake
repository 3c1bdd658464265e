// SPDX-License-Identifier: MIT
// The sources in numbers, to think about and never a gate: 'dotnet cake --target=report'.
using System.Text.RegularExpressions;

/// A file's functions by the layout that the compiler enforces: a brace of its own at a member's indentation.
IEnumerable<(string Name, int Lines)> FunctionsOf(string[] lines, int indentation)
{
    string blanks = new(' ', indentation);
    for (int start = 1; start < lines.Length; start++)
    {
        if (lines[start] != blanks + "{")
        {
            continue;
        }

        int end = Array.IndexOf(lines, blanks + "}", start);
        string header = lines[start - 1].Trim();
        if (end < 0)
        {
            yield break;
        }

        if (!Regex.IsMatch(header, @"\b(class|struct|interface|enum)\b"))
        {
            yield return (header, end - start + 2);
        }
        else
        {
            foreach (var inner in FunctionsOf(lines[start..end], indentation + 4))
            {
                yield return inner;
            }
        }

        start = end;
    }
}

int Quantile(IEnumerable<int> values, double share)
{
    int[] sorted = values.Order().ToArray();
    return sorted.Length == 0 ? 0 : sorted[(int)((sorted.Length - 1) * share)];
}

void ReportLengths(string title, params string[] patterns)
{
    var files = patterns.SelectMany(pattern => GetFiles(pattern).Select(file => file.FullPath)).Distinct()
        .Where(file => !file.Contains("/artifacts/") && file.Contains("/kernel/CoreLib/") == (title == "CoreLib"))
        .Select(file => (Path: file, Lines: System.IO.File.ReadAllLines(file))).ToArray();
    var functions = files.SelectMany(file => FunctionsOf(file.Lines, 4)
        .Select(function => (file.Path, function.Name, function.Lines))).ToArray();
    int total = files.Sum(file => file.Lines.Length);
    int comments = files.Sum(file => file.Lines.Count(line => line.TrimStart().StartsWith("//")));
    int unsafeLines = files.Where(file => file.Lines.Any(line => Regex.IsMatch(line, @"^[^/""]*\bunsafe\b")))
        .Sum(file => file.Lines.Length);
    var lengths = files.Select(file => file.Lines.Length).ToArray();
    var bodies = functions.Select(function => function.Lines).ToArray();
    Console.WriteLine(
        $"{title}: {files.Length} files, {total} lines, {100 * comments / Math.Max(total, 1)} % comments, "
        + $"{100 * unsafeLines / Math.Max(total, 1)} % in files with unsafe code");
    Console.WriteLine($"  file: median {Quantile(lengths, 0.5)}, p95 {Quantile(lengths, 0.95)}, "
        + $"longest {Quantile(lengths, 1)}; function: median {Quantile(bodies, 0.5)}, p95 {Quantile(bodies, 0.95)}, "
        + $"longest {Quantile(bodies, 1)}, over 60 lines: {bodies.Count(length => length > 60)}");
    foreach (var file in
        files.Where(file => file.Lines.Length > 300).OrderByDescending(file => file.Lines.Length).Take(5))
    {
        Console.WriteLine($"  {file.Lines.Length} lines: {System.IO.Path.GetFileName(file.Path)}");
    }

    foreach (var function in
        functions.Where(function => function.Lines > 60).OrderByDescending(each => each.Lines).Take(5))
    {
        Console.WriteLine($"  {function.Lines} lines: {System.IO.Path.GetFileName(function.Path)}: {function.Name}");
    }
}

Task("report").Does(() =>
{
    ReportLengths("kernel", "kernel/**/*.cs");
    ReportLengths("CoreLib", "kernel/CoreLib/**/*.cs");
    ReportLengths("boot and drivers", "boot/**/*.cs", "drivers/**/*.cs");
    ReportLengths("tools", "tools/**/*.cs");
    ReportLengths("tests", "tests/**/*.cs");
    int assembly = GetFiles("{kernel,boot,drivers}/**/*.{S,inc}")
        .Sum(file => System.IO.File.ReadAllLines(file.FullPath).Length);
    Console.WriteLine($"assembly of the hypervisor: {assembly} lines");
});
