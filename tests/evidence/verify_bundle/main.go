// Verifies the checkpoint, the tiles, the entries, the events and the proofs of a bundle of evidence,
// by the packages of the Go checksum database (golang.org/x/mod/sumdb) and nothing of Varve's.
//
// usage: verify_bundle ARCHIVE.tar VERIFIER
package main

import (
	"archive/tar"
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const bytesMax = 1 << 30 // of the whole archive: it is kept in memory

func die(format string, arguments ...interface{}) {
	fmt.Printf("FAIL: "+format+"\n", arguments...)
	os.Exit(1)
}

type members map[string][]byte

func read(path string) members {
	file, err := os.Open(path)
	if err != nil {
		die("%v", err)
	}
	defer file.Close()
	answer := members{}
	archive := tar.NewReader(io.LimitReader(file, bytesMax))
	for {
		header, err := archive.Next()
		if err == io.EOF {
			return answer
		}
		if err != nil {
			die("%v", err)
		}
		if header.Typeflag != tar.TypeReg || answer[header.Name] != nil {
			die("%s is no plain file, or there twice", header.Name)
		}
		data, err := io.ReadAll(archive)
		if err != nil {
			die("%v", err)
		}
		answer[header.Name] = append([]byte{}, data...)
	}
}

// C2SP names tiles and bundles as Go does, without the height and with "entries" for "data".
func name(tile tlog.Tile) string {
	path := strings.TrimPrefix(tile.Path(), "tile/8/")
	if strings.HasPrefix(path, "data/") {
		path = "entries/" + strings.TrimPrefix(path, "data/")
	}
	return "tile/" + path
}

func (files members) Height() int                     { return 8 }
func (files members) SaveTiles([]tlog.Tile, [][]byte) {}
func (files members) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	var answer [][]byte
	for _, tile := range tiles {
		data, there := files[name(tile)]
		if !there {
			return nil, fmt.Errorf("%s is missing", name(tile))
		}
		answer = append(answer, data)
	}
	return answer, nil
}

func openCheckpoint(text []byte, key string) (string, tlog.Tree) {
	verifier, err := note.NewVerifier(key)
	if err != nil {
		die("%v", err)
	}
	opened, err := note.Open(text, note.VerifierList(verifier))
	if err != nil {
		die("checkpoint: %v", err)
	}
	lines := strings.Split(opened.Text, "\n")
	if len(lines) != 4 || lines[0] != verifier.Name() {
		die("checkpoint: not of this origin")
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	if err != nil {
		die("checkpoint: %v", err)
	}
	root, err := tlog.ParseHash(lines[2])
	if err != nil {
		die("checkpoint: %v", err)
	}
	return lines[0], tlog.Tree{N: size, Hash: root}
}

// Every hash that is read is authenticated against the root.
func leafHash(reader tlog.HashReader, position int64) tlog.Hash {
	hashes, err := reader.ReadHashes([]int64{tlog.StoredHashIndex(0, position)})
	if err != nil {
		die("tiles: %v", err)
	}
	return hashes[0]
}

func checkEntries(files members, tree tlog.Tree, reader tlog.HashReader) int {
	count := 0
	for begin := int64(0); begin < tree.N; begin += 256 {
		width := tree.N - begin
		if width > 256 {
			width = 256
		}
		path := name(tlog.Tile{H: 8, L: -1, N: begin / 256, W: int(width)})
		data, there := files[path]
		if !there {
			continue
		}
		for at := int64(0); at < width; at++ {
			if len(data) < 2 || len(data) < 2+int(binary.BigEndian.Uint16(data)) {
				die("%s is cut", path)
			}
			end := 2 + int(binary.BigEndian.Uint16(data))
			if tlog.RecordHash(data[2:end]) != leafHash(reader, begin+at) {
				die("entry %d is not in the signed tree", begin+at)
			}
			data = data[end:]
			count++
		}
		if len(data) != 0 {
			die("%s has bytes after its last entry", path)
		}
	}
	return count
}

func checkProof(files members, path string, line []byte, index int64, tree tlog.Tree) {
	parts := bytes.SplitN(files[path], []byte("\n\n"), 2)
	if len(parts) != 2 || !bytes.Equal(parts[1], files["checkpoint"]) {
		die("%s is missing, or not under this checkpoint", path)
	}
	lines := strings.Split(string(parts[0]), "\n")
	if len(lines) < 2 || lines[0] != "c2sp.org/tlog-proof@v1" ||
		lines[1] != fmt.Sprintf("index %d", index) {
		die("%s is no proof of event %d", path, index)
	}
	proof := tlog.RecordProof{}
	for _, text := range lines[2:] {
		hash, err := tlog.ParseHash(text)
		if err != nil {
			die("%s: %v", path, err)
		}
		proof = append(proof, hash)
	}
	if err := tlog.CheckRecord(proof, tree.N, tree.Hash, index, tlog.RecordHash(line)); err != nil {
		die("%s: %v", path, err)
	}
}

func checkEvents(files members, tree tlog.Tree, reader tlog.HashReader) int {
	count := 0
	for path, data := range files {
		if !strings.HasPrefix(path, "events/") {
			continue
		}
		number := strings.TrimSuffix(strings.TrimPrefix(path, "events/"), ".json")
		index, err := strconv.ParseInt(number, 10, 64)
		if err != nil || index < 0 || index >= tree.N {
			die("%s is no event of this tree", path)
		}
		line := bytes.TrimSuffix(data, []byte("\n"))
		if tlog.RecordHash(line) != leafHash(reader, index) {
			die("%s is not in the signed tree", path)
		}
		checkProof(files, "proofs/"+number+".tlog-proof", line, index, tree)
		count++
	}
	return count
}

func main() {
	if len(os.Args) != 3 {
		die("usage: verify_bundle ARCHIVE.tar VERIFIER")
	}
	files := read(os.Args[1])
	origin, tree := openCheckpoint(files["checkpoint"], os.Args[2])
	reader := tlog.TileHashReader(tree, files)
	if root, err := tlog.TreeHash(tree.N, reader); err != nil || root != tree.Hash {
		die("the tiles do not lead to the root: %v", err)
	}
	for position := int64(0); position < tree.N; position++ {
		leafHash(reader, position)
	}
	entries := checkEntries(files, tree, reader)
	events := checkEvents(files, tree, reader)
	fmt.Printf("OK: %s: tree of %d, %d entries, %d events with proofs\n", origin, tree.N, entries,
		events)
}
