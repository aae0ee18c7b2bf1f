// Checks our checkpoints and proofs with golang.org/x/mod/sumdb alone: none of our code.
//
// Usage  accept VERIFIER checkpoint FILE
//
//	accept VERIFIER inclusion PROOF LINE
//	accept VERIFIER consistency PROOF OLD_CHECKPOINT
//
// Build  GO111MODULE=off GOPATH=/usr/share/gocode go build (Debian: golang-golang-x-mod-dev)
// Exit   0 accepted, 1 refused, 2 usage
package main

import (
	"bytes"
	"fmt"
	"os"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

func refuse(format string, arguments ...interface{}) {
	fmt.Printf("refused: "+format+"\n", arguments...)
	os.Exit(1)
}

func read(path string) []byte {
	data, err := os.ReadFile(path)
	if err != nil {
		refuse("%v", err)
	}
	return data
}

// A checkpoint whose signature holds: its origin and its tree.
func open(data []byte, verifier note.Verifier) (string, tlog.Tree) {
	opened, err := note.Open(data, note.VerifierList(verifier))
	if err != nil {
		refuse("the note: %v", err)
	}
	lines := strings.Split(opened.Text, "\n")
	if len(lines) < 4 {
		refuse("a checkpoint of %d lines", len(lines))
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	if err != nil {
		refuse("the size: %v", err)
	}
	root, err := tlog.ParseHash(lines[2])
	if err != nil {
		refuse("the root: %v", err)
	}
	return lines[0], tlog.Tree{N: size, Hash: root}
}

// The hashes up to the empty line, and the checkpoint behind it.
func split(data []byte) (head []string, hashes []tlog.Hash, checkpoint []byte) {
	parts := bytes.SplitN(data, []byte("\n\n"), 2)
	if len(parts) != 2 {
		refuse("a proof without a checkpoint")
	}
	for _, line := range strings.Split(string(parts[0]), "\n") {
		hash, err := tlog.ParseHash(line)
		if err != nil || strings.Contains(line, " ") {
			if len(hashes) > 0 {
				refuse("no hash: %q", line)
			}
			head = append(head, line)
			continue
		}
		hashes = append(hashes, hash)
	}
	return head, hashes, parts[1]
}

// The number behind `word` in the last line before the hashes.
func number(head []string, word string) int64 {
	if len(head) == 0 || !strings.HasPrefix(head[len(head)-1], word+" ") {
		refuse("no line %q", word)
	}
	value, err := strconv.ParseInt(strings.TrimPrefix(head[len(head)-1], word+" "), 10, 64)
	if err != nil {
		refuse("%s: %v", word, err)
	}
	return value
}

func checkInclusion(proof []byte, line []byte, verifier note.Verifier) {
	head, hashes, checkpoint := split(proof)
	if head[0] != "c2sp.org/tlog-proof@v1" {
		refuse("the first line is %q", head[0])
	}
	origin, tree := open(checkpoint, verifier)
	index := number(head, "index")
	leaf := tlog.RecordHash(bytes.TrimSuffix(line, []byte("\n")))
	if err := tlog.CheckRecord(tlog.RecordProof(hashes), tree.N, tree.Hash, index, leaf); err != nil {
		refuse("%v", err)
	}
	fmt.Printf("accepted: event %d of %d of %s\n", index, tree.N, origin)
}

func checkConsistency(proof []byte, old []byte, verifier note.Verifier) {
	head, hashes, checkpoint := split(proof)
	origin, tree := open(checkpoint, verifier)
	oldOrigin, oldTree := open(old, verifier)
	if oldOrigin != origin || number(head, "old") != oldTree.N {
		refuse("the proof is not from that checkpoint")
	}
	err := tlog.CheckTree(tlog.TreeProof(hashes), tree.N, tree.Hash, oldTree.N, oldTree.Hash)
	if err != nil {
		refuse("%v", err)
	}
	fmt.Printf("accepted: %s grew from %d to %d\n", origin, oldTree.N, tree.N)
}

func main() {
	if len(os.Args) < 4 || (os.Args[2] != "checkpoint" && len(os.Args) < 5) {
		fmt.Fprintln(os.Stderr, "usage: accept VERIFIER checkpoint|inclusion|consistency FILE [FILE]")
		os.Exit(2)
	}
	verifier, err := note.NewVerifier(os.Args[1])
	if err != nil {
		refuse("the verifier key: %v", err)
	}
	switch os.Args[2] {
	case "checkpoint":
		origin, tree := open(read(os.Args[3]), verifier)
		fmt.Printf("accepted: %d events of %s\n", tree.N, origin)
	case "inclusion":
		checkInclusion(read(os.Args[3]), read(os.Args[4]), verifier)
	case "consistency":
		checkConsistency(read(os.Args[3]), read(os.Args[4]), verifier)
	default:
		refuse("no such check: %s", os.Args[2])
	}
}
