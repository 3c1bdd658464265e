// SPDX-License-Identifier: MIT
using System;
using System.IO;

namespace Hypervisor.Tool.Tests;

/// <summary>A folder of one test, with a config of one guest and the guest's files.</summary>
internal sealed class Scratch : IDisposable
{
    public const string GoodConfig = """
        [[vm]]
        name    = "web"
        memory  = "64M"
        kernel  = "vmlinuz"
        initrd  = "initrd.img"
        """;

    public const string BadConfig = """
        [[vm]]
        name    = "web"
        memory  = "64X"
        kernel  = "vmlinuz"
        colour  = "blue"
        """;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("tool-test-");

    public Scratch()
    {
        _ = Directory.CreateDirectory(Path("guests"));
        File.WriteAllBytes(Path("guests/vmlinuz"), Kernel());
        File.WriteAllText(Path("initrd.img"), new string('i', 3000));
    }

    public string Path(string name) => System.IO.Path.Combine(_folder.FullName, name);

    /// <summary>Writes a config and returns its path.</summary>
    public string Config(string text = GoodConfig)
    {
        string path = Path("hypervisor.toml");
        File.WriteAllText(path, text);
        return path;
    }

    /// <summary>The smallest kernel that can be started: a multiboot 1 header with addresses.</summary>
    private static byte[] Kernel()
    {
        const uint Magic = 0x1BAD_B002;
        const uint HasAddresses = 1 << 16;
        const uint Address = 0x10_0000;
        uint[] header = [Magic, HasAddresses, unchecked(0 - Magic - HasAddresses), Address, Address, 0, 0, Address];
        byte[] kernel = new byte[70000];
        Buffer.BlockCopy(header, 0, kernel, 0, header.Length * sizeof(uint));
        return kernel;
    }

    /// <summary>What came out of an image may be read-only, which only root does not notice.</summary>
    public void Dispose()
    {
        foreach (DirectoryInfo folder in _folder.EnumerateDirectories("*", SearchOption.AllDirectories))
        {
            if (OperatingSystem.IsWindows())
            {
                break;
            }

            folder.UnixFileMode |= UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
        }

        _folder.Delete(recursive: true);
    }
}
